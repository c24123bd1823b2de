//! Whether a command prints what a page shows: line by line, where `[..]` stands for anything in a line, `[...]` for any lines.

/// Whether what was printed is what is shown.
pub(crate) fn matches(expected: &[&str], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((&"[...]", rest)) => (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..])),
        Some((first, rest)) => match printed.split_first() {
            Some((line, behind)) => matches_line(first, line) && matches(rest, behind),
            None => false,
        },
    }
}

fn matches_line(expected: &str, line: &str) -> bool {
    let mut parts = expected.split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(found) => rest = &rest[found + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[test]
fn patterns_stand_for_what_they_say() {
    for (expected, line, is_match) in [
        ("a[..]c", "abc", true),
        ("a[..]c", "ac", true),
        ("a[..]c", "acb", false),
        ("a[..]b[..]", "axxbyy", true),
        ("a", "ab", false),
        ("[..]", "", true),
    ] {
        assert_eq!(matches_line(expected, line), is_match, "{expected} {line}");
    }
    assert!(matches(&["a", "[...]", "b"], &["a", "x", "y", "b"]));
    assert!(!matches(&["a", "[...]", "b"], &["a", "x"]));
    assert!(!matches(&["a"], &["a", "b"]));
}
