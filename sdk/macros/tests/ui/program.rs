//! Modules that are no programs, as the macro sees them.
use sealane_sdk::prelude::*;

#[derive(Accounts)]
pub struct Nothing {}

#[program]
pub mod no_instructions {
    use super::*;

    fn helper(_context: Context<Nothing>) -> Result {
        Ok(())
    }
}

#[program]
pub mod no_context {
    pub fn act(amount: u64) -> u64 {
        amount
    }
}

#[program]
pub mod no_result {
    use super::*;

    pub fn act(_context: Context<Nothing>) {}
}

#[program]
pub mod generic {
    use super::*;

    pub fn act<T>(_context: Context<Nothing>, _value: T) -> Result {
        Ok(())
    }
}

#[program]
pub mod pattern {
    use super::*;

    pub fn act(_context: Context<Nothing>, (_one, _other): (u8, u8)) -> Result {
        Ok(())
    }
}

#[program]
pub mod discriminator {
    use super::*;

    #[instruction(discriminator = "act")]
    pub fn act(_context: Context<Nothing>) -> Result {
        Ok(())
    }
}

#[program]
pub mod same_discriminator {
    use super::*;

    #[instruction(discriminator = 1)]
    pub fn act(_context: Context<Nothing>) -> Result {
        Ok(())
    }

    #[instruction(discriminator = [1, 2])]
    pub fn act_otherwise(_context: Context<Nothing>) -> Result {
        Ok(())
    }
}

#[program(error = Nothing)]
pub mod unknown_option {
    use super::*;

    pub fn act(_context: Context<Nothing>) -> Result {
        Ok(())
    }
}

fn main() {}
