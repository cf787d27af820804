//! Variables set in front of a command: some decide what is run.

use super::{
    Word,
    lexicon::lexicon,
    verdict::{Verdict, part},
    walk::Walk,
};
use crate::redbutton::Tier;

fn steers(name: &str, value: &str) -> bool {
    let known = &lexicon().steering;
    let among = |list: &[String], text: &str| list.iter().any(|one| one == text);
    if name == "LESS" {
        // `+` starts a command of the pager
        return value.contains('+');
    }
    if known.ends.iter().any(|end| name.ends_with(end)) {
        return !among(&known.plain_programs, value);
    }
    !among(&known.plain, name)
        && (among(&known.names, name) || known.starts.iter().any(|start| name.starts_with(start)))
}

/// Asks for the assignments among `words` that decide what is run; a command in a value is judged.
pub(super) fn assignments(walk: &mut Walk, words: &[Word]) {
    for word in words {
        let Some((name, value)) = word.text.split_once('=') else {
            continue;
        };
        let name = name.trim_end_matches('+');
        if steers(name, value) {
            let why = format!("`{name}` decides what is run");
            walk.say(part(&word.text, Verdict::Ask, Tier::Disrupt, why, name));
            if value.contains(' ') {
                walk.text(value);
            }
        }
    }
}
