//! Both formats by themselves: what they hold, and where they are wrong.

use super::*;

fn blocks(bytes: &[u8], block_size_count: Option<usize>) -> Result<Vec<InputBlock>, InputError> {
    let mut input = Input::open(bytes, None, block_size_count).expect("bytes can be read");
    let mut blocks = Vec::new();
    while let Some(block) = input.next_block()? {
        blocks.push(block);
    }
    assert_eq!(input.offset(), bytes.len() as u64, "all of it was read");
    Ok(blocks)
}

/// Time and transactions of a block.
type Content = (i64, Vec<Vec<u8>>);

fn in_bincode(blocks: &[Content]) -> Vec<u8> {
    let encode = |block| ::bincode::serde::encode_to_vec(block, ::bincode::config::standard());
    blocks.iter().flat_map(|block| encode(block).expect("it encodes")).collect()
}

fn contents(blocks: Vec<InputBlock>) -> Vec<Content> {
    blocks.into_iter().map(|block| (block.unix_time.expect("a time"), block.transactions)).collect()
}

#[test]
fn what_serde_encodes_is_read_back_whatever_its_first_bytes_are() {
    // The bytes of an empty block at 17 or -62 s begin as JSON does; 300 and 70,000 take longer numbers.
    let times = [17, -62, -63, 5, 0, 1_800_000_000, i64::MAX, i64::MIN];
    for time in times {
        let transactions = vec![vec![1; 215], vec![], vec![1; 300], vec![7; 70_000]];
        for block in [(time, transactions.clone()), (time, vec![]), (time, transactions[..1].to_vec())] {
            let expected = vec![block.clone(), (time, vec![]), block];
            let bytes = in_bincode(&expected);
            assert_eq!(contents(blocks(&bytes, None).expect("it is well-formed")), expected, "{time}");
        }
    }
}

#[test]
fn bincode_that_is_cut_short_is_refused_with_the_place() {
    let whole = vec![(1, vec![vec![1; 10], vec![2; 20]]), (2, vec![vec![3; 30]])];
    let bytes = in_bincode(&whole);
    let first_size = in_bincode(&whole[..1]).len();
    for size in 0..bytes.len() {
        let read = blocks_until_error(&bytes[..size]);
        let is_between = size == 0 || size == first_size;
        assert_eq!(read.1.is_none(), is_between, "{size}");
        assert_eq!(read.0.len(), usize::from(size >= first_size), "{size}: whole blocks come first");
        if let Some(error) = read.1 {
            assert!(error.reason.contains("cut short"), "{error:?}");
            assert!(matches!(error.place, Place::Byte(offset) if offset <= size as u64), "{error:?}");
        }
    }
}

fn blocks_until_error(bytes: &[u8]) -> (Vec<InputBlock>, Option<InputError>) {
    let mut input = Input::open(bytes, Some(Format::Bincode), None).expect("bytes can be read");
    let mut blocks = Vec::new();
    loop {
        match input.next_block() {
            Ok(Some(block)) => blocks.push(block),
            Ok(None) => return (blocks, None),
            Err(error) => return (blocks, Some(error)),
        }
    }
}

#[test]
fn sizes_that_cannot_be_are_refused_before_memory_is_asked_for() {
    let huge = |prefix: &[u8]| [prefix, &[253], &[0xFF; 8]].concat();
    let cases: [(Vec<u8>, Place, Option<usize>, &str); 4] = [
        (huge(&[2]), Place::Byte(1), None, "18446744073709551615 transactions"),
        (huge(&[2, 1]), Place::Byte(2), Some(0), "a transaction of 18446744073709551615 bytes"),
        (vec![2, 2, 1, 9, 252, 1, 0, 16, 0], Place::Byte(4), Some(1), "a transaction of 1048577 bytes"),
        (vec![254, 0], Place::Byte(0), None, "the time of a block"),
    ];
    for (bytes, place, transaction_index, expected) in cases {
        let error = blocks(&bytes, None).expect_err("it is malformed");
        assert_eq!((error.place, error.transaction_index), (place, transaction_index), "{error:?}");
        assert!(error.reason.contains(expected), "{error:?}");
    }
}

#[test]
fn json_lines_are_blocks_by_their_lines_or_by_size() {
    let text = "\u{feff}\"AQ==\"\r\n{\"transaction\": \"Ag==\", \"id\": 7}\n\n\"Aw==\"\n\
                {\"block\": {\"unix_time\": -5}}\n\"BA==\"\n\"BQ==\"\n{\"block\": 9}\n\
                {\"block\": {\"number\": 10, \"unix_time\": 3}}\n\"Bg==\"";
    let shape = |size| {
        let blocks = blocks(text.as_bytes(), size).expect("it is well-formed");
        let shape =
            |block: InputBlock| (block.number, block.unix_time, block.place, block.transactions.concat());
        blocks.into_iter().map(shape).collect::<Vec<_>>()
    };
    let headed = [
        (None, Some(-5), Place::Line(5), vec![4, 5]),
        (Some(9), None, Place::Line(8), vec![]),
        (Some(10), Some(3), Place::Line(9), vec![6]),
    ];
    let first = [(None, None, Place::Line(1), vec![1, 2, 3])];
    assert_eq!(shape(None), [&first[..], &headed].concat());
    let cut = [(None, None, Place::Line(1), vec![1, 2]), (None, None, Place::Line(4), vec![3])];
    assert_eq!(shape(Some(2)), [&cut[..], &headed].concat());
    assert_eq!(shape(Some(3)), [&first[..], &headed].concat());
}

#[test]
fn lines_that_are_wrong_are_refused_with_line_and_column() {
    let cases = [
        ("\"AQ==\"\n\"A*==\"\n", Place::Column(2, 6), Some(1), "base64"),
        ("\"AQ==\"\n\"AQ\"\n", Place::Column(2, 4), Some(1), "padding"),
        ("{\"transaction\": 7}", Place::Column(1, 17), Some(0), "a transaction in base64"),
        (
            "{\"transactoin\": \"AQ==\"}",
            Place::Column(1, 23),
            Some(0),
            "the key `transaction` or the key `block`",
        ),
        ("{\"block\": 1, \"transaction\": \"AQ==\"}", Place::Column(1, 35), None, "not both"),
        ("{\"block\": {\"unix_tine\": 4}}", Place::Column(1, 22), None, "unknown field `unix_tine`"),
        ("{\"block\": -4}", Place::Column(1, 12), None, "a block: its number"),
        ("{\"block\": {}} x", Place::Column(1, 15), None, "trailing characters"),
        ("{\"é\": [", Place::Column(1, 7), Some(0), "EOF"),
    ];
    for (text, place, transaction_index, expected) in cases {
        let error = blocks(text.as_bytes(), None).expect_err(text);
        assert_eq!((error.place, error.transaction_index), (place, transaction_index), "{text}: {error:?}");
        assert!(error.reason.contains(expected), "{text}: {error:?}");
    }
    let long = format!("\"{}\"", "A".repeat(3 << 20));
    let error = blocks(long.as_bytes(), None).expect_err("it is too long");
    assert!(error.reason.contains("a line of more than 2097152 bytes"), "{error:?}");
    let mut latin = b"\"AQ==\"\n\"".to_vec();
    latin.extend([0xE9, b'"']);
    let error = blocks(&latin, None).expect_err("it is not UTF-8");
    assert_eq!(error.place, Place::Column(2, 2));
}
