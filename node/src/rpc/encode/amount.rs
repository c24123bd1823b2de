//! Amounts of a token as people read them.

use serde::Serialize;

/// An amount of a token, in all the forms that clients ask for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenAmount {
    /// As the nearest double.
    ui_amount: Option<f64>,
    decimals: u8,
    /// In the smallest unit.
    amount: String,
    /// Exactly, without zeros at the end.
    ui_amount_string: String,
}

impl TokenAmount {
    /// `amount` smallest units of a token with `decimals` digits behind the point.
    pub(crate) fn new(amount: u64, decimals: u8) -> Self {
        Self {
            ui_amount: 10_u64.checked_pow(u32::from(decimals)).map(|scale| amount as f64 / scale as f64),
            decimals,
            amount: amount.to_string(),
            ui_amount_string: decimal(amount, decimals),
        }
    }
}

/// `amount` with a point before its last `decimals` digits, and no zeros behind the last digit that says something.
fn decimal(amount: u64, decimals: u8) -> String {
    let decimals = usize::from(decimals);
    if decimals == 0 {
        return amount.to_string();
    }
    let digits = format!("{amount:0>width$}", width = decimals.saturating_add(1));
    let (whole, part) = digits.split_at(digits.len().saturating_sub(decimals));
    let part = part.trim_end_matches('0');
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_are_written_as_clients_know_them() {
        let check = |amount, decimals, expected| {
            assert_eq!(serde_json::to_value(TokenAmount::new(amount, decimals)).unwrap(), expected);
        };
        check(0, 0, json!({ "uiAmount": 0.0, "decimals": 0, "amount": "0", "uiAmountString": "0" }));
        check(0, 9, json!({ "uiAmount": 0.0, "decimals": 9, "amount": "0", "uiAmountString": "0" }));
        check(
            1,
            9,
            json!({ "uiAmount": 1e-9, "decimals": 9, "amount": "1", "uiAmountString": "0.000000001" }),
        );
        check(
            1_500_000,
            6,
            json!({ "uiAmount": 1.5, "decimals": 6, "amount": "1500000", "uiAmountString": "1.5" }),
        );
        check(
            12_300,
            2,
            json!({ "uiAmount": 123.0, "decimals": 2, "amount": "12300", "uiAmountString": "123" }),
        );
        check(
            u64::MAX,
            255,
            json!({
                "uiAmount": null, "decimals": 255, "amount": "18446744073709551615",
                "uiAmountString": format!("0.{:0>255}", u64::MAX),
            }),
        );
    }
}
