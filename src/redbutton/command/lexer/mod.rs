//! A shell line taken apart into simple commands, as far as that can be done without running it.

mod arithmetic;
mod choices;
mod feeds;
mod quotes;

pub(super) use choices::is_syntax;
use feeds::HereDocument;

/// A word of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Its text with quotes taken off; what is expanded at run time stays as it is written.
    pub text: String,
    /// It holds a variable, a substitution or a glob: what it will be is not known.
    pub dynamic: bool,
    /// Some part of it was quoted.
    pub quoted: bool,
}

impl Word {
    /// A word that is what it is.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

/// Where output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Writes (else reads).
    pub writes: bool,
    /// File, or `&1`.
    pub target: Word,
}

/// One simple command with what surrounds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simple {
    /// Words.
    pub words: Vec<Word>,
    /// Redirections.
    pub redirects: Vec<Redirect>,
    /// It reads the output of the command before it.
    pub piped: bool,
    /// Text it is given to read, where the line itself holds it: a here-document, or an `echo` before it.
    pub input: Option<String>,
}

/// A line: its simple commands and the lines inside substitutions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Commands in order.
    pub commands: Vec<Simple>,
    /// Texts of `$(…)`, backquotes and `<(…)`.
    pub nested: Vec<String>,
    /// It was understood whole: quotes and brackets close.
    pub whole: bool,
    /// It needs a shell: operators, redirections, expansions.
    pub shell: bool,
}

/// Takes a shell line apart. Never fails: what cannot be understood clears [`Line::whole`].
#[must_use]
pub fn lex(text: &str) -> Line {
    let mut lexer = Lexer {
        chars: text.chars().collect(),
        at: 0,
        line: Line {
            whole: true,
            ..Line::default()
        },
        simple: Simple::default(),
        word: Word::default(),
        open: false,
        redirect: None,
        here_string: false,
        here_documents: Vec::new(),
        brackets: 0,
        choices: 0,
        pattern: false,
    };
    lexer.run();
    feeds::hand_on(&mut lexer.line.commands);
    lexer.line
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: Line,
    simple: Simple,
    word: Word,
    /// A word has begun.
    open: bool,
    /// The next word is the target of a redirection; whether it writes.
    redirect: Option<bool>,
    /// The next word is text to read.
    here_string: bool,
    /// Here-documents whose bodies follow at the next line: index of the command, tabs are taken off.
    here_documents: Vec<HereDocument>,
    /// Round brackets that are open.
    brackets: usize,
    /// `case … in` whose `esac` is still to come.
    choices: usize,
    /// A pattern of a `case` is read: its words are no command.
    pattern: bool,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            match c {
                ' ' | '\t' | '\r' => {
                    self.end_word();
                    self.at += 1;
                }
                '\n' => {
                    self.operator(1, false);
                    self.here_bodies();
                }
                ';' => self.semicolon(),
                '&' => self.ampersand(),
                '|' if self.pattern => self.next_pattern(),
                '|' => {
                    let wide = usize::from(matches!(self.peek(1), Some('|' | '&'))) + 1;
                    let pipe = self.peek(1) != Some('|');
                    self.operator(wide, pipe);
                }
                '(' => self.open_bracket(),
                ')' => self.close_bracket(),
                '>' | '<' => self.angle(c),
                '#' if !self.open => self.comment(),
                '\'' => self.single(),
                '"' => self.double(),
                '\\' => self.escape(),
                '$' => self.dollar(),
                '`' => self.backquote(),
                _ => {
                    self.word.dynamic |= matches!(c, '*' | '?' | '[') || (c == '{' && self.open);
                    self.push(c);
                    self.at += 1;
                }
            }
        }
        self.end_command(false);
        let open = self.redirect.is_some()
            || self.here_string
            || !self.here_documents.is_empty()
            || self.brackets + self.choices > 0;
        self.line.whole &= !open;
    }

    fn push(&mut self, c: char) {
        self.open = true;
        self.word.text.push(c);
    }

    fn end_word(&mut self) {
        if !self.open {
            return;
        }
        self.open = false;
        let word = std::mem::take(&mut self.word);
        if std::mem::take(&mut self.here_string) {
            self.simple.input = Some(word.text);
            return;
        }
        match self.redirect.take() {
            Some(writes) => self.simple.redirects.push(Redirect {
                writes,
                target: word,
            }),
            None => {
                self.simple.words.push(word);
                self.choice_word();
            }
        }
    }

    fn end_command(&mut self, piped_next: bool) {
        self.end_word();
        if self.pattern && !self.simple.words.is_empty() {
            // no bracket closed the pattern: its words may be a command after all
            self.pattern = false;
            self.line.whole = false;
        }
        let simple = std::mem::take(&mut self.simple);
        let piped = simple.piped;
        if !simple.words.is_empty() || !simple.redirects.is_empty() || simple.input.is_some() {
            self.line.commands.push(simple);
        } else if piped {
            self.line.whole = false;
        }
        self.simple.piped = piped_next;
    }

    fn operator(&mut self, wide: usize, pipe: bool) {
        self.line.shell = true;
        self.end_command(pipe);
        self.at += wide;
    }

    fn semicolon(&mut self) {
        // `;;`, `;&` and `;;&` end a branch of a `case`
        let ends = self.peek(1) == Some(';') || self.peek(1) == Some('&');
        self.operator(1, false);
        if ends && self.choices > 0 {
            while matches!(self.peek(0), Some(';' | '&')) {
                self.at += 1;
            }
            self.pattern = true;
        }
    }

    fn open_bracket(&mut self) {
        if self.simple.words.iter().all(is_syntax) && !self.open && self.skips_arithmetic() {
            return;
        }
        if !self.pattern {
            self.brackets += 1;
        }
        self.operator(1, false);
    }

    fn close_bracket(&mut self) {
        if self.pattern {
            self.end_pattern();
            return;
        }
        match self.brackets.checked_sub(1) {
            Some(left) => self.brackets = left,
            None => self.line.whole = false,
        }
        self.operator(1, false);
    }

    fn ampersand(&mut self) {
        if matches!(self.peek(1), Some('>')) {
            self.end_word();
            self.line.shell = true;
            self.redirect = Some(true);
            self.at += 2;
            if self.peek(0) == Some('>') {
                self.at += 1;
            }
        } else {
            let wide = usize::from(self.peek(1) == Some('&')) + 1;
            self.operator(wide, false);
        }
    }

    /// `>`, `>>`, `>|`, `<`, `<<<`, `<<`, `<>`, `>&1`, `<(…)`, `>(…)`, with a number before it.
    fn angle(&mut self, c: char) {
        self.line.shell = true;
        if self.peek(1) == Some('(') {
            self.at += 2;
            let inner = self.until_close();
            self.line.nested.push(inner);
            self.open = true;
            self.word.dynamic = true;
            self.word.text.push_str("/dev/fd/63");
            return;
        }
        if self.open
            && !self.word.quoted
            && self.word.text.chars().all(|digit| digit.is_ascii_digit())
        {
            self.word = Word::default();
            self.open = false;
        }
        self.end_word();
        if c == '<' && self.peek(1) == Some('<') {
            if self.peek(2) == Some('<') {
                self.at += 3;
                self.here_string = true;
            } else {
                self.here_document();
            }
            return;
        }
        self.at += 1;
        let mut writes = c == '>';
        while let Some(next @ ('>' | '<' | '|' | '&')) = self.peek(0) {
            writes |= next == '>';
            if next == '&' {
                self.at += 1;
                if self
                    .peek(0)
                    .is_some_and(|digit| digit.is_ascii_digit() || digit == '-')
                {
                    while self
                        .peek(0)
                        .is_some_and(|digit| digit.is_ascii_digit() || digit == '-')
                    {
                        self.at += 1;
                    }
                    return;
                }
                break;
            }
            self.at += 1;
        }
        self.redirect = Some(writes);
    }

    fn comment(&mut self) {
        self.line.shell = true;
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        lex(text)
            .commands
            .into_iter()
            .map(|one| one.words.into_iter().map(|word| word.text).collect())
            .collect()
    }

    #[test]
    fn quotes_and_operators() {
        assert_eq!(words("a 'b c' \"d\"e\\ f"), [["a", "b c", "de f"]]);
        assert_eq!(words("a|b && c;d & e"), [["a"], ["b"], ["c"], ["d"], ["e"]]);
        assert!(!lex("a 'b").whole);
        assert!(lex("a b").whole && !lex("a b").shell);
    }

    #[test]
    fn substitutions_are_kept_for_a_look() {
        let line = lex("echo \"$(rm -rf /)\" `id` <(ls)");
        assert_eq!(line.nested, ["rm -rf /", "id", "ls"]);
        assert!(line.shell);
    }

    #[test]
    fn patterns_of_a_choice_are_no_commands() {
        let line = "case $x in\n  (rm|'a b') ls;; *) id;&\n c) pwd; esac | wc";
        assert_eq!(words(line), [["ls"], ["id"], ["pwd"], ["wc"]]);
        assert!(lex(line).whole);
        assert!(!lex("case x in a) rm -rf /").whole);
        assert!(!lex("case x in rm -rf /").whole);
        assert!(!lex("ls ) rm").whole);
        assert_eq!(
            words("echo case x in rm"),
            [["echo", "case", "x", "in", "rm"]]
        );
    }

    #[test]
    fn redirections_name_their_target() {
        let line = lex("cat a 2>&1 >out.txt </dev/null");
        let targets: Vec<(bool, &str)> = line.commands[0]
            .redirects
            .iter()
            .map(|one| (one.writes, one.target.text.as_str()))
            .collect();
        assert_eq!(targets, [(true, "out.txt"), (false, "/dev/null")]);
    }
}
