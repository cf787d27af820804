//! What a command is given to read, where the line itself holds it.

use super::{Lexer, Line, Simple, lex};

/// A here-document whose body follows at the next line.
pub(super) struct HereDocument {
    /// Which command reads it.
    pub(super) command: usize,
    /// The word that ends it.
    end: String,
    /// Nothing in it is expanded.
    literal: bool,
    /// Tabs are taken off its lines.
    tabs: bool,
}

/// What is echoed, or read from a here-document by `cat`, is what the next command of the pipeline reads.
pub(super) fn hand_on(commands: &mut [Simple]) {
    for at in 1..commands.len() {
        if commands[at].piped && commands[at].input.is_none() {
            commands[at].input = said(&commands[at - 1]);
        }
    }
}

fn said(before: &Simple) -> Option<String> {
    let (first, rest) = before.words.split_first()?;
    let texts = rest.iter().map(|word| word.text.as_str());
    match first.text.as_str() {
        "echo" | "printf" => {
            let text: Vec<&str> = texts
                .filter(|word| !matches!(*word, "-e" | "-n" | "-ne" | "-en" | "%s\\n" | "%s"))
                .collect();
            Some(text.join(" ").replace("\\n", "\n"))
        }
        "cat" if texts.clone().all(|word| word == "-") => before.input.clone(),
        _ => None,
    }
}

/// A text in which only substitutions count, as in the body of a here-document.
fn lex_quoted(body: &str) -> Line {
    lex(&format!("\"{}\"", body.replace('"', "\\\"")))
}

impl Lexer {
    /// `<<WORD`: the word that ends the body; the body itself begins on the next line.
    pub(super) fn here_document(&mut self) {
        self.at += 2;
        let tabs = self.peek(0) == Some('-');
        self.at += usize::from(tabs);
        while matches!(self.peek(0), Some(' ' | '\t')) {
            self.at += 1;
        }
        let (mut end, mut literal) = (String::new(), false);
        while let Some(c) = self.peek(0) {
            match c {
                '\'' | '"' | '\\' => literal = true,
                c if c.is_whitespace() || matches!(c, ';' | '|' | '&' | '<' | '>' | '(' | ')') => {
                    break;
                }
                c => end.push(c),
            }
            self.at += 1;
        }
        self.here_documents.push(HereDocument {
            command: self.line.commands.len(),
            end,
            literal,
            tabs,
        });
    }

    pub(super) fn here_bodies(&mut self) {
        for document in std::mem::take(&mut self.here_documents) {
            let mut body = String::new();
            let mut closed = false;
            while self.at < self.chars.len() {
                let rest = &self.chars[self.at..];
                let wide = rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
                let line: String = rest[..wide].iter().collect();
                self.at = (self.at + wide + 1).min(self.chars.len());
                let bare = if document.tabs {
                    line.trim_start_matches('\t')
                } else {
                    line.as_str()
                };
                if bare == document.end {
                    closed = true;
                    break;
                }
                body.push_str(bare);
                body.push('\n');
            }
            self.line.whole &= closed;
            if !document.literal {
                // substitutions in it are run
                let inner = lex_quoted(&body);
                self.line.whole &= inner.whole;
                self.line.nested.extend(inner.nested);
            }
            match self.line.commands.get_mut(document.command) {
                Some(command) => command.input = Some(body),
                None => self.line.whole = false,
            }
        }
    }
}
