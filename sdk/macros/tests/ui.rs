//! Every mistake with the macros is pointed at where it was made, with a sentence that says what to do: the files in
//! `tests/ui` make them, those beside them (`.stderr`) hold what the compiler says then. A file that the compiler should
//! accept stands in `tests/ui` too, so that the others fail for what is wrong in them alone.
//!
//! To write them anew: `TRYBUILD=overwrite cargo test -p sealane-sdk-macros --test ui`, and read what has changed.

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/right.rs");
    for name in [
        "accounts",
        "tokens",
        "groups",
        "layout",
        "fields",
        "program",
        "functions",
        "arguments",
        "errors",
        "types",
        "anchor",
        "stand_in",
        "borsh",
        "borsh_types",
        "group_types",
    ] {
        cases.compile_fail(format!("tests/ui/{name}.rs"));
    }
}
