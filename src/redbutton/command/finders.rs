//! `find`: it lists files, unless an action does more.

use super::{
    Word,
    verdict::{allowed, asked, destructive},
    walk::{Walk, joined},
};

/// `find … -delete`, `-exec CMD ;`, `-fprint FILE`.
pub(super) fn find(walk: &mut Walk, words: &[Word]) {
    let command = joined(words);
    let mark = walk.mark();
    let mut rest = &words[1..];
    while let Some((word, after)) = rest.split_first() {
        rest = after;
        match word.text.as_str() {
            "-delete" => walk.say(destructive(&command, "-delete")),
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                let end = after
                    .iter()
                    .position(|one| matches!(one.text.as_str(), ";" | "+"));
                let (inner, left) = after.split_at(end.unwrap_or(after.len()));
                walk.words(inner);
                rest = left;
            }
            flag @ ("-fprint" | "-fprintf" | "-fls" | "-fprint0") => {
                walk.say(asked(&command, "writes into a file", flag));
            }
            _ => {}
        }
    }
    if walk.mark() == mark {
        walk.say(allowed(&command, "find"));
    }
}
