//! A report as text and as Markdown.

use std::fmt::Write;

use super::collect::{BladeLine, Report};

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

#[allow(clippy::cast_precision_loss)] // for people
fn gib(bytes: i64) -> f64 {
    bytes as f64 / GIB
}

fn title(report: &Report) -> String {
    let mut line = report.context.clone();
    if !report.openshift.is_empty() {
        let _ = write!(line, " · OpenShift {}", report.openshift);
    }
    if !report.kubernetes.is_empty() {
        let _ = write!(line, " · k8s {}", report.kubernetes.trim_start_matches('v'));
    }
    if !report.user.is_empty() {
        let _ = write!(line, " · {}", report.user);
    }
    clean(&line)
}

fn summary(report: &Report) -> String {
    let counts = &report.counts;
    let mut parts = Vec::new();
    for (name, (good, all)) in [
        ("blades ready", counts.blades),
        ("pods ready", counts.pods),
        ("claims bound", counts.claims),
        ("apps healthy", counts.apps),
        ("VMs running", counts.machines),
        ("guests running", counts.guests),
    ] {
        if all > 0 {
            parts.push(format!("{good}/{all} {name}"));
        }
    }
    parts.join("   ")
}

/// Text from a cluster without anything that a terminal would obey.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

pub(super) fn text(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}\n{}\n", title(report), summary(report));
    for source in report
        .sources
        .iter()
        .filter(|source| source.state != "live")
    {
        let _ = writeln!(
            out,
            "? {} {} {}",
            source.name,
            source.state,
            clean(&source.detail)
        );
    }
    let width = report
        .blades
        .iter()
        .map(|blade| blade.name.len())
        .max()
        .unwrap_or_default();
    for blade in &report.blades {
        let _ = writeln!(out, "{}", blade_text(blade, width));
    }
    if !report.troubles.is_empty() {
        out.push('\n');
    }
    for trouble in &report.troubles {
        let symbol = if trouble.critical { '✖' } else { '▲' };
        let _ = writeln!(
            out,
            "{symbol} {}  {}",
            clean(&trouble.object),
            clean(&trouble.what)
        );
    }
    for line in &report.unread {
        let _ = writeln!(out, "⊘ {}", clean(line));
    }
    out
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        100.0 * part / whole
    } else {
        0.0
    }
}

fn blade_text(blade: &BladeLine, width: usize) -> String {
    let symbol = if blade.ready { '●' } else { '✖' };
    format!(
        "{symbol} {:width$}  cpu {:5.1}/{:5.1} {:3.0} %  mem {:6.1}/{:6.1} GiB {:3.0} %  pods {:3}/{}",
        clean(&blade.name),
        blade.cpu_requested,
        blade.cpu_allocatable,
        share(blade.cpu_requested, blade.cpu_allocatable),
        gib(blade.memory_requested),
        gib(blade.memory_allocatable),
        share(gib(blade.memory_requested), gib(blade.memory_allocatable)),
        blade.pods,
        blade.pods_max,
    )
}

/// Text that Markdown would not read as markup.
fn escaped(text: &str) -> String {
    clean(text)
        .replace('|', "\\|")
        .replace('<', "&lt;")
        .replace('`', "'")
}

pub(super) fn markdown(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# {}\n\n{}\n\n{}\n",
        escaped(&title(report)),
        report.time,
        summary(report)
    );
    let _ = writeln!(
        out,
        "| blade | cpu requested | memory requested | pods |\n|---|---:|---:|---:|"
    );
    for blade in &report.blades {
        let _ = writeln!(
            out,
            "| {} | {:.1} of {:.1} | {:.0} of {:.0} GiB | {} of {} |",
            escaped(&blade.name),
            blade.cpu_requested,
            blade.cpu_allocatable,
            gib(blade.memory_requested),
            gib(blade.memory_allocatable),
            blade.pods,
            blade.pods_max
        );
    }
    if !report.troubles.is_empty() {
        out.push_str("\n## Not as it should be\n\n");
    }
    for trouble in &report.troubles {
        let word = if trouble.critical {
            "**broken**"
        } else {
            "warning"
        };
        let _ = writeln!(
            out,
            "- {word} `{}` {}",
            escaped(&trouble.object),
            escaped(&trouble.what)
        );
    }
    if !report.unread.is_empty() {
        out.push_str("\n## Not read\n\n");
    }
    for line in &report.unread {
        let _ = writeln!(out, "- {}", escaped(line));
    }
    out
}
