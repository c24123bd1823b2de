//! A suite as one HTML page that needs no other file: plots, tables below them, and the JSON object itself.

use super::report::SuiteReport;
use super::{plots, tables};
use crate::pictures::svg::escape;
use crate::pictures::text::{counted, thousands};
use std::fmt::Write;

/// Nothing is loaded from anywhere, and nothing runs: browsers hold the page to it.
const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <title>Sealane: suite of workloads</title>\n";

const STYLE: &str = include_str!("page.css");

/// The page.
///
/// # Errors
/// If the report cannot be written as JSON.
pub fn page(report: &SuiteReport) -> anyhow::Result<String> {
    let mut html = format!("{HEAD}<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n");
    html.push_str("<h1>Sealane: suite of workloads</h1>\n");
    add_warnings(&mut html, report);
    add_facts(&mut html, report);
    html.push_str(
        "<nav><a href=\"#throughput\">Throughput</a><a href=\"#speed-up\">Speed-up</a>\
         <a href=\"#stages\">Stages</a></nav>\n",
    );
    add_throughput(&mut html, report);
    add_speedup(&mut html, report);
    add_stages(&mut html, report);
    let _ = write!(
        html,
        "</main>\n<script type=\"application/json\" id=\"data\">\n{}\n</script>\n</body>\n</html>\n",
        for_script(&report.to_json()?)
    );
    Ok(html)
}

/// JSON as it may stand in a `script` element: there, `</script` and `<!--` would be taken for markup. In JSON `<` only
/// occurs within strings, where `\u003c` means the same.
fn for_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

fn add_warnings(html: &mut String, report: &SuiteReport) {
    if !report.is_complete() {
        let _ = writeln!(
            html,
            "<p class=\"incomplete\"><strong>Incomplete.</strong> {} of {} were measured when this page was written. If \
             the suite no longer runs, it was stopped.</p>",
            thousands(report.cells.len() as u64),
            counted(report.options.cell_count() as u64, "cell")
        );
    }
    let differing: Vec<String> = report.differing().map(|cell| escape(&cell.name())).collect();
    if !differing.is_empty() {
        let _ = writeln!(
            html,
            "<p class=\"differs\" role=\"alert\"><strong>Parallel and serial runs differ</strong> in: {}. This is a bug; \
             please report it with the command line.</p>",
            differing.join("; ")
        );
    }
}

fn add_facts(html: &mut String, report: &SuiteReport) {
    let (machine, options) = (&report.machine, &report.options);
    let memory = machine.memory_bytes.map_or_else(
        || "unknown".to_owned(),
        |bytes| format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30)),
    );
    let skipped = options.skipped();
    let facts = [
        ("Version", report.version.clone()),
        ("Date", report.date.clone()),
        ("Processor", machine.processor.clone().unwrap_or_else(|| "unknown".to_owned())),
        ("Processors", machine.processors.to_string()),
        ("Memory", memory),
        ("System", machine.system.clone()),
        (
            "A cell",
            format!(
                "{} in blocks of {}, {} accounts, seed {}; {} serially and on each number of workers",
                counted(options.transactions as u64, "transaction"),
                thousands(options.block_size as u64),
                thousands(options.accounts as u64),
                options.seed,
                counted(options.repeats as u64, "run")
            ),
        ),
        ("Skipped", if skipped.is_empty() { "nothing".to_owned() } else { skipped.join(", ") }),
    ];
    html.push_str("<dl>\n");
    for (name, fact) in facts {
        let _ = writeln!(html, "<dt>{name}</dt><dd>{}</dd>", escape(&fact));
    }
    let _ = writeln!(html, "<dt>Command</dt><dd><code>{}</code></dd>\n</dl>", escape(&options.command));
}

/// A plot with its table below; both scroll sideways where the screen is narrower.
fn add_plot(html: &mut String, name: &str, plot: &str, table: &str) {
    let name = escape(name);
    let _ = write!(
        html,
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{name}: plot\">\n{plot}</div>\n\
         <div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{name}: table\">\n{table}</div>\n"
    );
}

fn add_throughput(html: &mut String, report: &SuiteReport) {
    html.push_str(
        "<h2 id=\"throughput\">Throughput by contention</h2>\n<p>From transaction bytes in memory to the committed block. \
         The contention says how the accounts are chosen on which transactions meet: <code>uniform</code>, \
         <code>zipf:E</code> (rank k in proportion to 1/k^E), or <code>hot:P</code> (P per cent on one account).</p>\n",
    );
    add_plot(html, "Throughput by contention", &plots::throughput(report), &tables::throughput(report));
}

fn add_speedup(html: &mut String, report: &SuiteReport) {
    html.push_str(
        "<h2 id=\"speed-up\">Speed-up by workers</h2>\n<p>The model executes the dependency graph of each block in thought, \
         with what its transactions cost in a serial run (the fastest of those observed beside the measured ones); what \
         the other stages do not share among workers bounds it too. It does not know that workers slow each other down by \
         sharing caches and memory, so it expects rather too much; and where the machine did other work meanwhile, it takes \
         the delay for work that cannot be shared, and expects too little. Its throughput is its speed-up times the serial \
         one. The last column is the speed-up of executing alone on endless workers: all compute units over those on the \
         longest chains.</p>\n",
    );
    for name in report.measured_workloads() {
        let _ = writeln!(html, "<h3>{}</h3>", escape(name));
        let title = format!("{name}: speed-up by workers");
        add_plot(html, &title, &plots::speedup(report, name), &tables::speedup(report, name));
    }
}

fn add_stages(html: &mut String, report: &SuiteReport) {
    html.push_str(
        "<h2 id=\"stages\">Stages</h2>\n<p>CPU time of the parallel runs, summed over all threads: more workers do not make \
         these bars shorter.</p>\n",
    );
    add_plot(html, "CPU time by stage", &plots::stages(report), &tables::stages(report));
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Machine, Side, Stages, SuiteOptions, SuiteWorkload, WORKLOADS};
    use super::*;
    use crate::contention::Contention;

    /// Two of two cells are measured; the command line and the processor do their worst.
    fn report() -> SuiteReport {
        let side = Side { seconds: 0.5, transactions_per_second: 200.0 };
        let cell = |workers| Cell {
            workload: "dex",
            contention: Contention::Uniform,
            workers,
            repeats: 3,
            serial: side,
            parallel: side,
            speedup: 1.0,
            identical: true,
            succeeded: 100,
            failed: 0,
            rejected: 0,
            stages: Stages { execute: 2.0, ..Stages::default() },
            bound: 1.0,
            expected: Vec::new(),
        };
        SuiteReport {
            version: "1.2.3".to_owned(),
            date: "2026-11-21T00:00:00Z".to_owned(),
            machine: Machine {
                processor: Some("<b>&\"fast\"".to_owned()),
                processors: 2,
                memory_bytes: None,
                system: "linux".to_owned(),
            },
            options: SuiteOptions {
                command: "sealane --out '</script><!--<script>'".to_owned(),
                workloads: SuiteWorkload::named("dex").into_iter().collect(),
                contentions: vec![Contention::Uniform],
                workers: vec![1, 2],
                transactions: 100,
                accounts: 10,
                block_size: 1_000,
                seed: 1,
                repeats: 3,
                signatures_checked: true,
                root_computed: true,
            },
            cells: vec![cell(1), cell(2)],
        }
    }

    #[test]
    fn nothing_hostile_leaves_its_place() {
        let report = report();
        let html = page(&report).expect("a page");
        assert!(html.contains("<dd>&lt;b&gt;&amp;&quot;fast&quot;</dd>"));
        assert!(html.contains("sealane --out &#39;&lt;/script&gt;&lt;!--&lt;script&gt;&#39;"));
        assert_eq!((html.matches("<script").count(), html.matches("</script").count()), (1, 1));
        assert!(!html.contains("<!--"));
        let (_, data) = html.split_once("id=\"data\">").expect("the data");
        let (data, _) = data.split_once("</script>").expect("its end");
        assert!(!data.contains('<'));
        let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
        assert_eq!(
            data,
            serde_json::from_str::<serde_json::Value>(&report.to_json().expect("JSON")).expect("JSON")
        );
        assert_eq!(data["options"]["command"], report.options.command.as_str());
    }

    #[test]
    fn warnings_stand_where_there_is_something_to_warn_of() {
        let good = page(&report()).expect("a page");
        assert!(!good.contains("Incomplete") && !good.contains("runs differ"));
        let mut report = report();
        report.cells[1].identical = false;
        let differing = page(&report).expect("a page");
        assert!(differing.contains("runs differ</strong> in: dex, uniform, 2 workers. This"));
        assert!(differing.contains("<td>NO</td>"));
        report.options.workloads = WORKLOADS.to_vec();
        let incomplete = page(&report).expect("a page");
        assert!(incomplete.contains("<strong>Incomplete.</strong> 2 of 10 cells"));
        assert!(report.to_json().expect("JSON").contains("\"complete\": false"));
    }
    #[test]
    fn no_colour_stands_for_two_contentions_of_one_plot() {
        let mut report = report();
        report.options.contentions =
            (1..=8).map(|percent| Contention::Hot { percent: f64::from(percent) }).collect();
        let html = page(&report).expect("a page");
        assert!(html.contains("<title>dex: speed-up by workers, hot:1 to hot:7</title>"));
        assert!(html.contains("<title>dex: speed-up by workers, hot:8</title>"));
    }
}
