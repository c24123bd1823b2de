//! The templates, as they are in `node/templates/`; and how they get the name and the address of a project.

use sealane_sdk::Address;

/// A template: a crate of this repository.
#[derive(Debug)]
pub(super) struct Template {
    /// What it is, for the description of the package.
    pub(super) description: &'static str,
    /// The name of the crate, as code has it.
    crate_name: &'static str,
    /// Where its program is.
    address: &'static str,
    /// Its sources.
    pub(super) files: &'static [(&'static str, &'static str)],
}

impl Template {
    /// A file of it with the name and the address of a project.
    pub(super) fn renamed(&self, text: &str, name: &str, address: &Address) -> String {
        text.replace(self.crate_name, &name.replace('-', "_")).replace(self.address, &address.to_string())
    }
}

macro_rules! template {
    ($folder:literal, $test:literal) => {
        &[
            ("src/lib.rs", include_str!(concat!("../../../templates/", $folder, "/src/lib.rs"))),
            (
                concat!("tests/", $test, ".rs"),
                include_str!(concat!("../../../templates/", $folder, "/tests/", $test, ".rs")),
            ),
        ]
    };
}

pub(super) static COUNTER: Template = Template {
    description: "A counter for each user",
    crate_name: "sealane_template_counter",
    address: "Temp1ateCounter1111111111111111111111111111",
    files: template!("counter", "counter"),
};

pub(super) static TOKEN_GATED: Template = Template {
    description: "A club that lets in who holds a token",
    crate_name: "sealane_template_token_gated",
    address: "Temp1ateGated111111111111111111111111111111",
    files: template!("token-gated", "club"),
};

pub(super) static DEX_LIKE: Template = Template {
    description: "Pools of two tokens that anybody trades in",
    crate_name: "sealane_template_dex_like",
    address: "Temp1ateDex11111111111111111111111111111111",
    files: template!("dex-like", "pool"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_replaced_everywhere() {
        for template in [&COUNTER, &TOKEN_GATED, &DEX_LIKE] {
            let address = Address::new_from_array([5; 32]);
            let texts: Vec<String> =
                template.files.iter().map(|(_, text)| template.renamed(text, "my-own_1", &address)).collect();
            let all = texts.concat();
            assert!(all.contains(&format!("declare_id!(\"{address}\")")), "{}", template.crate_name);
            assert!(all.contains("use my_own_1::"), "{}", template.crate_name);
            for old in ["sealane_template", "sealane-template", "Temp1ate"] {
                assert!(!all.contains(old), "{}: {old}", template.crate_name);
            }
        }
    }
}
