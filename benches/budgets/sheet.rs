//! The table of figures.

use std::{fmt, time::Duration};

struct Row {
    name: String,
    figure: String,
    budget: String,
    within: Option<bool>,
}

/// Figures, their budgets and what is to be said of them.
#[derive(Default)]
pub struct Sheet {
    rows: Vec<Row>,
}

impl Sheet {
    /// A duration and its bound in milliseconds, where there is one.
    pub fn time(&mut self, name: impl Into<String>, took: Duration, most: Option<u32>) {
        let milliseconds = took.as_secs_f64() * 1000.0;
        self.number(name, milliseconds, "ms", most.map(f64::from));
    }

    /// A number, its unit and its bound, where there is one.
    pub fn number(&mut self, name: impl Into<String>, number: f64, unit: &str, most: Option<f64>) {
        let text = |number: f64| {
            if number < 10.0 {
                format!("{number:.2} {unit}")
            } else {
                format!("{number:.0} {unit}")
            }
        };
        let row = Row {
            name: name.into(),
            figure: text(number),
            budget: most.map_or_else(String::new, text),
            within: most.map(|most| number <= most),
        };
        // as it goes: the whole takes minutes
        eprintln!("{:58} {:>12}", row.name, row.figure);
        self.rows.push(row);
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| figure | measured | budget | |")?;
        writeln!(f, "|---|---|---|---|")?;
        for row in &self.rows {
            let verdict = match row.within {
                Some(true) => "within",
                Some(false) => "over",
                None => "",
            };
            writeln!(
                f,
                "| {} | {} | {} | {verdict} |",
                row.name, row.figure, row.budget
            )?;
        }
        Ok(())
    }
}

/// The middle one of several runs.
pub fn median(runs: usize, mut run: impl FnMut() -> Duration) -> Duration {
    let mut all: Vec<Duration> = (0..runs).map(|_| run()).collect();
    all.sort();
    all[all.len() / 2]
}

/// The one that only so many of a hundred exceed.
pub fn percentile(all: &mut [Duration], percent: usize) -> Duration {
    all.sort();
    all[(all.len() * percent / 100).min(all.len() - 1)]
}
