//! Axes: where a figure lies, and which figures are written beside the axis.

use super::svg::{Area, Svg};

/// Figures from `low` to `high`, spread evenly or by their logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    step: f64,
    logarithmic: bool,
}

impl Axis {
    /// From 0 to the first round figure that is not below `highest`, with about `tick_count` round figures between that
    /// are `least_step` apart or more.
    pub(crate) fn linear(highest: f64, tick_count: u32, least_step: f64) -> Self {
        let highest = if highest.is_finite() && highest > 0.0 { highest } else { 1.0 };
        let step = round_step(highest / f64::from(tick_count.max(1))).max(least_step);
        Self { low: 0.0, high: (highest / step).ceil() * step, step, logarithmic: false }
    }

    /// From 0 to exactly `highest`.
    pub(crate) fn exact(highest: f64, tick_count: u32) -> Self {
        let axis = Self::linear(highest, tick_count, 0.0);
        if highest > 0.0 { Self { high: highest, ..axis } } else { axis }
    }

    /// From `low`, which is above 0, to `high`, which is above that; ticks are powers of `base`.
    pub(crate) const fn logarithmic(low: f64, high: f64, base: f64) -> Self {
        Self { low, high, step: base, logarithmic: true }
    }

    pub(crate) const fn is_logarithmic(&self) -> bool {
        self.logarithmic
    }

    /// Where `value` lies, 0 to 1; figures beyond the ends lie at the ends.
    pub(crate) fn share(&self, value: f64) -> f64 {
        let share = match self.logarithmic {
            true => (value.max(self.low) / self.low).ln() / (self.high / self.low).ln(),
            false => (value - self.low) / (self.high - self.low),
        };
        share.clamp(0.0, 1.0)
    }

    /// The figures that are written beside the axis.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        let mut ticks = Vec::new();
        let mut tick = if self.logarithmic { 1.0 } else { 0.0 };
        while self.logarithmic && tick / self.step >= self.low {
            tick /= self.step;
        }
        // A little more than the end, since sums of steps are not exact.
        while tick <= self.high * 1.000_001 && ticks.len() < 64 {
            if tick >= self.low {
                ticks.push(tick);
            }
            tick = if self.logarithmic { tick * self.step } else { self.step * (ticks.len() as f64) };
        }
        ticks
    }

    /// Draws the axis upwards at the left of `plot`, with lines across it.
    pub(crate) fn draw_upwards(&self, svg: &mut Svg, plot: Area, name: &str, show: impl Fn(f64) -> String) {
        for tick in self.ticks() {
            let y = plot.bottom() - plot.height * self.share(tick);
            svg.line("grid", (plot.left, y), (plot.right(), y));
            svg.text("muted end", (plot.left - 8.0, y + 4.0), &show(tick));
        }
        svg.text("muted", (16.0, plot.top - 16.0), name);
    }

    /// Draws the axis below `plot`, with lines through it.
    pub(crate) fn draw_across(&self, svg: &mut Svg, plot: Area, name: &str, show: impl Fn(f64) -> String) {
        for tick in self.ticks() {
            let x = plot.left + plot.width * self.share(tick);
            svg.line("grid", (x, plot.top), (x, plot.bottom()));
            svg.text("muted middle", (x, plot.bottom() + 17.0), &show(tick));
        }
        svg.line("axis", (plot.left, plot.bottom()), (plot.right(), plot.bottom()));
        svg.text("muted middle", (plot.left + plot.width / 2.0, plot.bottom() + 36.0), name);
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0];
    factors.into_iter().map(|factor| factor * power).find(|step| *step >= least * 0.999_999).unwrap_or(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_highest() {
        assert_eq!(Axis::linear(9.5, 5, 0.0).ticks(), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(Axis::linear(1.0, 5, 1.0).ticks(), [0.0, 1.0]);
        assert_eq!(Axis::linear(0.0, 5, 1.0).ticks(), [0.0, 1.0]);
        assert_eq!(Axis::linear(f64::NAN, 1, 1.0).ticks(), [0.0, 1.0]);
        assert_eq!(Axis::exact(9.5, 5).ticks(), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(Axis::logarithmic(0.5, 2_000.0, 10.0).ticks(), [1.0, 10.0, 100.0, 1_000.0]);
        assert_eq!(Axis::logarithmic(0.25, 2.0, 2.0).ticks(), [0.25, 0.5, 1.0, 2.0]);
    }

    #[test]
    fn figures_lie_where_they_should() {
        let axis = Axis::exact(8.0, 4);
        assert_eq!([0.0, 2.0, 8.0, 9.0].map(|value| axis.share(value)), [0.0, 0.25, 1.0, 1.0]);
        let axis = Axis::logarithmic(1.0, 16.0, 2.0);
        assert_eq!([0.0, 1.0, 4.0, 16.0].map(|value| axis.share(value)), [0.0, 0.0, 0.5, 1.0]);
    }
}
