//! Flags as they are typed, held against those of the table.

/// A flag with what stands behind it.
#[derive(Clone, Copy, Debug)]
pub struct Flag<'w> {
    /// As it is typed: `--force`, `-fdx`, `--dry-run=client`.
    pub text: &'w str,
    /// The word behind it.
    pub next: Option<&'w str>,
    /// The word behind it is its value.
    pub takes: bool,
}

impl<'w> Flag<'w> {
    /// What stands before `=`.
    #[must_use]
    pub fn name(&self) -> &'w str {
        self.text.split('=').next().unwrap_or(self.text)
    }

    /// Its value, joined by `=` or in the next word.
    #[must_use]
    pub fn value(&self) -> Option<&'w str> {
        match self.text.split_once('=') {
            Some((_, value)) => Some(value),
            None => self.next.filter(|_| self.takes),
        }
    }

    /// The letters of short flags, joined or not.
    #[must_use]
    pub fn letters(&self) -> Option<&'w str> {
        self.text
            .strip_prefix('-')
            .filter(|rest| !rest.starts_with('-'))
    }

    /// Whether it may be the wanted one (`--force`, `-o delete`), as dangers are found: a letter
    /// counts wherever it stands in a bundle.
    #[must_use]
    pub fn may_be(&self, wanted: &str, bundles: bool) -> bool {
        let (name, value) = apart(wanted);
        match value {
            // `-odelete` as well
            Some(value) => {
                let joined = self.letters().zip(letter(name));
                (self.name() == name && self.value() == Some(value))
                    || joined.is_some_and(|(all, c)| all.ends_with(&format!("{c}{value}")))
            }
            // `--force=false` is no force
            None if self.name() == name => self.joined_value().is_none_or(|value| !is_off(value)),
            None => {
                bundles
                    && letter(name).is_some_and(|letter| {
                        self.letters().is_some_and(|all| all.contains(letter))
                    })
            }
        }
    }

    /// Whether it is the wanted one beyond doubt, as looks are found: a letter may be a value of the
    /// letters before it, and is then no flag.
    #[must_use]
    pub fn is_surely(&self, wanted: &str, bundles: bool, takes: impl Fn(&str) -> bool) -> bool {
        let (name, value) = apart(wanted);
        match value {
            Some(value) => self.name() == name && self.value() == Some(value),
            None if self.name() == name => !self.is_off(),
            None => {
                let bundle = self.letters().filter(|all| {
                    bundles && all.chars().all(|c| c.is_ascii_alphabetic()) && all.len() > 1
                });
                let parts = letter(name).zip(bundle);
                parts
                    .and_then(|(letter, all)| all.split_once(letter))
                    .is_some_and(|(before, _)| {
                        !before.chars().any(|other| takes(&format!("-{other}")))
                    })
            }
        }
    }

    /// Its value, or the word behind it, says no.
    #[must_use]
    pub fn is_off(&self) -> bool {
        let said = self.joined_value().or(self.next);
        said.is_some_and(is_off)
    }

    /// Its value says yes, or how a dry run is to be done; no value says yes.
    #[must_use]
    pub fn is_on(&self) -> bool {
        const ON: [&str; 6] = ["true", "1", "yes", "on", "client", "server"];
        let joined = self.joined_value().or_else(|| self.value());
        !self.is_off() && joined.is_none_or(|value| ON.contains(&value))
    }

    fn joined_value(&self) -> Option<&'w str> {
        self.text.split_once('=').map(|(_, value)| value)
    }
}

/// `-o delete` of the table: a flag and the value it must have.
fn apart(wanted: &str) -> (&str, Option<&str>) {
    match wanted.split_once(' ') {
        Some((name, value)) => (name, Some(value)),
        None => (wanted, None),
    }
}

/// The letter of a short flag.
fn letter(name: &str) -> Option<char> {
    let mut letters = name.strip_prefix('-')?.chars();
    let first = letters.next().filter(|first| *first != '-')?;
    letters.next().is_none().then_some(first)
}

fn is_off(value: &str) -> bool {
    matches!(
        value.to_lowercase().as_str(),
        "false" | "f" | "0" | "no" | "none" | "off"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag<'w>(text: &'w str, next: Option<&'w str>) -> Flag<'w> {
        Flag {
            text,
            next,
            takes: false,
        }
    }

    #[test]
    fn a_look_is_told_from_a_value() {
        let takes = |name: &str| name == "-S";
        let sure = |text: &str| flag(text, None).is_surely("-t", true, takes);
        assert!(sure("-t") && sure("-ft") && sure("-vtf"));
        assert!(!sure("-St") && !sure("-Stag=t") && !sure("--test") && !sure("-f"));
        assert!(!flag("-ft", None).is_surely("-t", false, takes));
    }

    #[test]
    fn a_look_can_be_taken_back() {
        assert!(flag("--dry-run", None).is_on());
        assert!(flag("--dry-run=client", None).is_on());
        assert!(flag("--dry-run", Some("tank")).is_on());
        assert!(!flag("--dry-run=none", None).is_on());
        assert!(!flag("--dry-run=often", None).is_on());
        assert!(!flag("--dry-run", Some("0")).is_on());
    }

    #[test]
    fn a_danger_is_found_wherever_its_letter_stands() {
        assert!(flag("-Fduv", None).may_be("-F", true));
        assert!(!flag("-Fduv", None).may_be("-F", false));
        assert!(!flag("--force=false", None).may_be("--force", false));
        let expires = Flag {
            text: "-o",
            next: Some("delete"),
            takes: true,
        };
        assert!(expires.may_be("-o delete", false) && !expires.may_be("-o show", false));
        assert!(flag("-odelete", None).may_be("-o delete", false));
    }
}
