//! Amounts as decimal strings, held against SPL Token's own functions.

use proptest::prelude::*;
use sealane_token::ui_amount::{MAX_UI_AMOUNT_SIZE_BYTES, format, parse};

fn check_parse(text: &str, decimals: u8) {
    assert_eq!(
        parse(text, decimals),
        spl_token::try_ui_amount_into_amount(text.into(), decimals),
        "{text:?}"
    );
}

fn check_format(amount: u64, decimals: u8) {
    let mut buffer = [0; MAX_UI_AMOUNT_SIZE_BYTES];
    let ours = std::str::from_utf8(format(amount, decimals, &mut buffer)).unwrap();
    assert_eq!(ours, spl_token::amount_to_ui_amount_string_trimmed(amount, decimals), "{amount} {decimals}");
}

#[test]
fn odd_strings_parse_as_spl_parses_them() {
    let texts = [
        "",
        ".",
        "..",
        "0",
        "00",
        "0.",
        ".0",
        "1.",
        ".1",
        "1.10",
        "1.2.3",
        "+",
        "-",
        "+1",
        "-1",
        "++1",
        "+.5",
        ".+5",
        "1.+",
        "+.",
        "18446744073709551615",
        "18446744073709551616",
        "1e3",
        "1_000",
        " 1",
        "1 ",
        "é",
        "0x1",
        "0.000000000000000000000000000000",
        "00000000000000000000000000000000000001",
    ];
    for text in texts {
        for decimals in [0, 1, 2, 9, 19, 255] {
            check_parse(text, decimals);
        }
    }
}

proptest! {
    #[test]
    fn any_string_parses_as_spl_parses_it(
        text in prop_oneof!["[0-9+.-]{0,24}", "[0-9]{0,12}[.][0-9]{0,12}", ".{0,12}"],
        decimals in prop_oneof![0_u8..20, any::<u8>()],
    ) {
        check_parse(&text, decimals);
    }

    #[test]
    fn any_amount_is_formatted_as_spl_formats_it(
        amount in prop_oneof![any::<u64>(), 0_u64..2_000, (0_u32..19).prop_map(|power| 10_u64.pow(power))],
        decimals: u8,
    ) {
        check_format(amount, decimals);
        check_format(amount, decimals % 20);
    }
}
