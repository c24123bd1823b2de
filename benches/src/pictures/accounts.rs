//! Heat of accounts: for which accounts the transactions of a block waited, and how long.

use super::BlockView;
use super::axis::Axis;
use super::head::{Entry, draw_head};
use super::svg::{Area, Svg, WIDTH};
use super::text::{MAX_NAME_COUNT, counted, short, shorten, thousands};
use sealane_runtime::explain::AccountHeat;

/// Accounts that are shown at most.
const MAX_ACCOUNTS: usize = 20;
const LEFT: f64 = 270.0;
/// Room for the figures behind the longest bar.
const RIGHT: f64 = 226.0;
const ROW_HEIGHT: f64 = 22.0;

/// Draws the hottest accounts.
#[must_use]
pub fn accounts(block: &BlockView<'_>) -> String {
    let waited: Vec<&AccountHeat> =
        block.contention.accounts.iter().filter(|heat| heat.waiters > 0).collect();
    let shown = &waited[..waited.len().min(MAX_ACCOUNTS)];
    let mut svg = Svg::default();
    let title = format!("Block {}: accounts that others waited for", block.contention.number);
    let notes = notes(waited.len(), shown.len());
    let legend = [Entry::new("c4", "makes links of the critical path"), Entry::new("c0", "does not")];
    let top = draw_head(&mut svg, &title, &notes, if shown.is_empty() { &[] } else { &legend });
    if shown.is_empty() {
        return svg.finish(&title, top + 10.0);
    }
    let height = ROW_HEIGHT * shown.len() as f64;
    let plot = Area { left: LEFT, top, width: WIDTH - LEFT - RIGHT, height };
    let all_units: f64 = waited.iter().map(|heat| heat.waiting_units as f64).sum();
    let axis = Axis::linear(shown[0].waiting_units as f64, 5, 1.0);
    axis.draw_across(&mut svg, plot, "waiting caused, on endless workers, compute units", short);
    for (row, heat) in shown.iter().enumerate() {
        draw_row(&mut svg, plot, row, heat, (&axis, all_units), block);
    }
    svg.finish(&title, plot.bottom() + 52.0)
}

fn notes(waited_count: usize, shown_count: usize) -> Vec<String> {
    if waited_count == 0 {
        return vec!["No transaction had to wait for an account.".to_owned()];
    }
    let verb = if waited_count == 1 { "was" } else { "were" };
    let shown = if shown_count < waited_count {
        format!("; the {shown_count} hottest are shown")
    } else {
        String::new()
    };
    vec![
        format!("{} {verb} waited for{shown}.", counted(waited_count as u64, "account")),
        "A transaction waits for the account that becomes free last, from the begin of the block until then."
            .to_owned(),
    ]
}

fn draw_row(
    svg: &mut Svg,
    plot: Area,
    row: usize,
    heat: &AccountHeat,
    (axis, all_units): (&Axis, f64),
    block: &BlockView<'_>,
) {
    let top = plot.top + ROW_HEIGHT * row as f64;
    let baseline = top + ROW_HEIGHT / 2.0 + 4.0;
    let name = block.account(&heat.account);
    let width = plot.width * axis.share(heat.waiting_units as f64);
    let class = if heat.critical_links > 0 { "c4" } else { "c0" };
    let says = format!(
        "{name} ({}): {} wrote, {} read, {} waited, {} of the critical path",
        heat.account,
        thousands(u64::from(heat.writers)),
        thousands(u64::from(heat.readers)),
        thousands(u64::from(heat.waiters)),
        counted(u64::from(heat.critical_links), "link")
    );
    svg.telling_text("end", (plot.left - 10.0, baseline), &shorten(&name, MAX_NAME_COUNT), &says);
    let bar = Area { left: plot.left, top: top + 3.0, width: width.max(0.5), height: ROW_HEIGHT - 6.0 };
    svg.telling_rectangle(class, bar, &says);
    let share = 100.0 * heat.waiting_units as f64 / all_units.max(1.0);
    let figures = format!(
        "{} · {share:.1} % · {}",
        short(heat.waiting_units as f64),
        counted(u64::from(heat.waiters), "waiter")
    );
    svg.text("muted over", (plot.left + width + 8.0, baseline), &figures);
}
