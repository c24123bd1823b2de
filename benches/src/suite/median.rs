//! The middle of figures that were measured several times: one run that was disturbed does not move it.

/// The median, which is the mean of the two middle figures if their number is even; 0 of none.
pub(super) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = figures.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle.wrapping_sub(1)), sorted.get(middle)) {
        (Some(below), Some(above)) if sorted.len().is_multiple_of(2) => f64::midpoint(*below, *above),
        (_, Some(figure)) => *figure,
        (_, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        let cases: [(&[f64], f64); 6] = [
            (&[], 0.0),
            (&[7.0], 7.0),
            (&[3.0, 1.0], 2.0),
            (&[9.0, 1.0, 2.0], 2.0),
            (&[4.0, 1.0, 100.0, 2.0], 3.0),
            (&[5.0, 5.0, 1.0, 5.0, 1e9], 5.0),
        ];
        for (figures, expected) in cases {
            assert_eq!(median(figures.iter().copied()), expected, "{figures:?}");
        }
    }
}
