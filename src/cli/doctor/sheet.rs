//! What the doctor writes down: a mark, a finding, and what to do where it is not good.

use crate::{cli::Exit, tui::clean};

/// Columns after which a list of names goes on in the next line.
const WIDTH: usize = 96;

/// The findings so far, printed as they come, and the worst of them.
pub(super) struct Sheet {
    worst: Exit,
}

impl Sheet {
    /// An empty one.
    pub(super) const fn new() -> Self {
        Self {
            worst: Exit::Healthy,
        }
    }

    /// The worst finding.
    pub(super) const fn worst(&self) -> Exit {
        self.worst
    }

    /// Something that is as it should be.
    pub(super) fn good(&self, what: &str) {
        say!("● {}", clean(what));
    }

    /// Something to know, neither good nor bad.
    pub(super) fn note(&self, what: &str) {
        say!("- {}", clean(what));
    }

    /// Something that lacks a part, and what to do.
    pub(super) fn poor(&mut self, what: &str, advice: &str) {
        self.add("▲", Exit::Warnings, what, &[], advice);
    }

    /// Something that lacks a part: the same for all these names.
    pub(super) fn poor_of(&mut self, what: &str, names: &[String], advice: &str) {
        self.add("▲", Exit::Warnings, what, names, advice);
    }

    /// Something that does not work, and what to do.
    pub(super) fn bad(&mut self, exit: Exit, what: &str, advice: &str) {
        self.add("✖", exit, what, &[], advice);
    }

    /// Names that belong to the line before.
    pub(super) fn names(&self, names: &[String]) {
        for line in wrapped(names) {
            say!("    {}", clean(&line));
        }
    }

    fn add(&mut self, mark: &str, exit: Exit, what: &str, names: &[String], advice: &str) {
        say!("{mark} {}", clean(what));
        self.names(names);
        for line in advice.lines() {
            say!("    → {}", clean(line));
        }
        self.worst = self.worst.max(exit);
    }
}

fn wrapped(names: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        match lines.last_mut() {
            Some(line) if line.len() + name.len() + 2 <= WIDTH => {
                line.push_str(", ");
                line.push_str(name);
            }
            _ => lines.push(name.clone()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_on_in_the_next_line_and_none_is_lost() {
        let names: Vec<String> = (0..40).map(|at| format!("resource-{at:02}")).collect();
        let lines = wrapped(&names);
        assert!(lines.len() > 1 && lines.iter().all(|line| line.len() <= WIDTH));
        assert_eq!(lines.join(", "), names.join(", "));
    }
}
