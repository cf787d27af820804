//! `case WORD in PATTERN) COMMANDS;; … esac`: patterns are told from commands.

use super::{Lexer, Word};

/// Words of the shell's own grammar that stand before a command.
const SYNTAX: [&str; 14] = [
    "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "time",
    "esac",
];

/// Whether a word is one of the shell's own grammar.
pub(in crate::redbutton::command) fn is_syntax(word: &Word) -> bool {
    !word.quoted && SYNTAX.contains(&word.text.as_str())
}

impl Lexer {
    /// A word has ended: it may begin or end a choice.
    pub(super) fn choice_word(&mut self) {
        let is = |word: &Word, text: &str| !word.quoted && word.text == text;
        match self.simple.words.as_slice() {
            [before @ .., case, _, last]
                if is(case, "case") && is(last, "in") && before.iter().all(is_syntax) =>
            {
                self.choices += 1;
                self.pattern = true;
                self.simple.words.clear();
            }
            [only] if self.choices > 0 && is(only, "esac") => {
                self.choices -= 1;
                self.pattern = false;
                self.simple.words.clear();
            }
            _ => {}
        }
    }

    /// `|` between two patterns.
    pub(super) fn next_pattern(&mut self) {
        self.end_word();
        if self.pattern {
            self.simple.words.clear();
            self.at += 1;
        }
    }

    /// `)` after the patterns: what follows is a command.
    pub(super) fn end_pattern(&mut self) {
        self.end_word();
        if self.pattern {
            self.simple.words.clear();
            self.pattern = false;
        }
        self.line.shell = true;
        self.at += 1;
    }
}
