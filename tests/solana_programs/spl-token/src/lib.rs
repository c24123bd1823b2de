extern crate spl_token;
