//! Words that tell what a command does, whatever tool they belong to.

use super::{Word, lexicon::lexicon};

/// What the first telling word among some says.
pub(super) enum Telling {
    /// It loses something.
    Destroys(String),
    /// It only looks.
    Reads(String),
    /// It changes something, or no word tells.
    Unclear,
}

fn among(list: &[String], text: &str) -> bool {
    list.iter().any(|one| one == text)
}

/// Whether a text is a destructive verb, or a compound that has one where its verb stands.
fn destroys(text: &str) -> bool {
    let verbs = &lexicon().words.destroy;
    among(verbs, text) || compound_verb(text).is_some_and(|verb| among(verbs, verb))
}

/// `terminate-instances`, `purge_queue`, `db:drop`: the verb comes first, or behind what it is done to.
fn compound_verb(text: &str) -> Option<&str> {
    match text.split_once(':') {
        Some((_, action)) if action.starts_with('/') => None,
        Some((_, action)) => Some(action),
        None => text.split_once(['-', '_']).map(|(verb, _)| verb),
    }
}

/// The first destructive verb among words.
pub(super) fn word(words: &[Word]) -> Option<String> {
    words
        .iter()
        .map(|word| word.text.to_lowercase())
        .find(|text| destroys(text))
}

/// `rm$IFS-rf`, `{rm,-rf}`: the destructive verb among the pieces of a word.
pub(super) fn piece(text: &str) -> Option<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .find(|piece| among(&lexicon().words.destroy, piece))
        .map(str::to_owned)
}

/// A long flag that is a destructive verb, or force.
pub(super) fn flag(arguments: &[Word]) -> Option<String> {
    arguments
        .iter()
        .map(|word| word.text.as_str())
        .filter(|text| text.starts_with('-') && !text.ends_with("=false"))
        .find(|text| {
            let bare = text.trim_start_matches('-').split('=').next();
            let bare = bare.unwrap_or_default().to_lowercase();
            bare == "force" || among(&lexicon().words.destroy, &bare)
        })
        .map(str::to_owned)
}

/// A program named after what it destroys: `remove-old-images.sh`.
pub(super) fn name(name: &str) -> Option<String> {
    let destroys = name
        .split(['-', '_', '.'])
        .any(|piece| among(&lexicon().words.destroy, piece));
    destroys.then(|| name.to_owned())
}

/// What the first of the words says that says something: nouns come before verbs.
pub(super) fn first(words: &[&str]) -> Telling {
    let known = &lexicon().words;
    for text in words.iter().map(|word| word.to_lowercase()) {
        let verb = compound_verb(&text).unwrap_or(&text);
        if destroys(&text) {
            return Telling::Destroys(text);
        }
        if among(&known.change, &text) || among(&known.change, verb) {
            return Telling::Unclear;
        }
        if among(&known.read, &text) || among(&known.read, verb) {
            return Telling::Reads(text);
        }
    }
    Telling::Unclear
}
