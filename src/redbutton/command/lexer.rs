//! A shell line taken apart into simple commands, as far as that can be done without running it.

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
    };
    lexer.run();
    hand_on_echoes(&mut lexer.line.commands);
    lexer.line
}

/// A text in which only substitutions count, as in the body of a here-document.
fn lex_quoted(body: &str) -> Line {
    lex(&format!("\"{}\"", body.replace('"', "\\\"")))
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
}

struct HereDocument {
    command: usize,
    end: String,
    literal: bool,
    tabs: bool,
}

/// `echo TEXT | sh`: what is echoed is what the next command reads.
fn hand_on_echoes(commands: &mut [Simple]) {
    for at in 1..commands.len() {
        let before = &commands[at - 1];
        let says = before
            .words
            .first()
            .is_some_and(|word| matches!(word.text.as_str(), "echo" | "printf"));
        if commands[at].piped && commands[at].input.is_none() && says {
            let text: Vec<&str> = before.words[1..]
                .iter()
                .map(|word| word.text.as_str())
                .filter(|word| !matches!(*word, "-e" | "-n" | "-ne" | "-en" | "%s\\n" | "%s"))
                .collect();
            commands[at].input = Some(text.join(" ").replace("\\n", "\n"));
        }
    }
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
                ';' => self.operator(1, false),
                '&' => self.ampersand(),
                '|' => {
                    let wide = usize::from(matches!(self.peek(1), Some('|' | '&'))) + 1;
                    let pipe = self.peek(1) != Some('|');
                    self.operator(wide, pipe);
                }
                '(' | ')' => self.operator(1, false),
                '>' | '<' => self.angle(c),
                '#' if !self.open => self.comment(),
                '\'' => self.single(),
                '"' => self.double(),
                '\\' => self.escape(),
                '$' => self.dollar(),
                '`' => self.backquote(),
                _ => {
                    if matches!(c, '*' | '?' | '[') || (c == '~' && !self.open) {
                        self.word.dynamic |= c != '~';
                    }
                    if c == '{' && self.open {
                        self.word.dynamic = true;
                    }
                    self.push(c);
                    self.at += 1;
                }
            }
        }
        self.end_command(false);
        if self.redirect.is_some() || self.here_string || !self.here_documents.is_empty() {
            self.line.whole = false;
        }
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
            None => self.simple.words.push(word),
        }
    }

    fn end_command(&mut self, piped_next: bool) {
        self.end_word();
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

    /// `<<WORD`: the word that ends the body; the body itself begins on the next line.
    fn here_document(&mut self) {
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

    fn here_bodies(&mut self) {
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

    fn comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.at += 1;
        }
    }

    fn single(&mut self) {
        self.at += 1;
        self.open = true;
        self.word.quoted = true;
        loop {
            match self.peek(0) {
                Some('\'') => break,
                Some(c) => self.push(c),
                None => {
                    self.line.whole = false;
                    return;
                }
            }
            self.at += 1;
        }
        self.at += 1;
    }

    fn double(&mut self) {
        self.at += 1;
        self.open = true;
        self.word.quoted = true;
        loop {
            match self.peek(0) {
                Some('"') => break,
                Some('\\') => {
                    match self.peek(1) {
                        Some(c @ ('"' | '\\' | '$' | '`')) => self.push(c),
                        Some('\n') => {}
                        Some(c) => {
                            self.push('\\');
                            self.push(c);
                        }
                        None => self.line.whole = false,
                    }
                    self.at += 2;
                }
                Some('$') => self.dollar(),
                Some('`') => self.backquote(),
                Some(c) => {
                    self.push(c);
                    self.at += 1;
                }
                None => {
                    self.line.whole = false;
                    return;
                }
            }
        }
        self.at += 1;
    }

    fn escape(&mut self) {
        match self.peek(1) {
            Some('\n') => {}
            Some(c) => {
                self.push(c);
                self.word.quoted = true;
            }
            None => self.line.whole = false,
        }
        self.at += 2;
    }

    fn dollar(&mut self) {
        match self.peek(1) {
            Some('(') => {
                self.line.shell = true;
                self.at += 2;
                let inner = self.until_close();
                self.open = true;
                self.word.dynamic = true;
                self.word.text.push_str("$()");
                self.line.nested.push(inner);
            }
            Some('\'') if !self.word.quoted || !self.open => {
                self.line.shell = true;
                self.at += 2;
                self.spelled();
            }
            Some(c)
                if c.is_ascii_alphanumeric()
                    || matches!(c, '_' | '{' | '@' | '*' | '#' | '?' | '!' | '$') =>
            {
                self.line.shell = true;
                self.word.dynamic = true;
                self.push('$');
                self.at += 1;
            }
            _ => {
                self.push('$');
                self.at += 1;
            }
        }
    }

    /// ANSI-C quoting: `$'\x72\155'` spells its letters.
    fn spelled(&mut self) {
        self.open = true;
        self.word.quoted = true;
        let mut body = Vec::new();
        loop {
            match self.peek(0) {
                Some('\'') => break,
                Some('\\') => {
                    self.at += 1;
                    body.push(self.spelled_letter());
                }
                Some(c) => {
                    body.push(Some(c));
                    self.at += 1;
                }
                None => {
                    self.line.whole = false;
                    break;
                }
            }
        }
        self.at += 1;
        for letter in body {
            match letter {
                Some(c) => self.push(c),
                None => self.word.dynamic = true,
            }
        }
    }

    fn spelled_letter(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        let (radix, most) = match c {
            'n' => return Some('\n'),
            't' => return Some('\t'),
            'r' => return Some('\r'),
            '\\' | '\'' | '"' | '?' => return Some(c),
            'x' => (16, 2),
            'u' => (16, 4),
            'U' => (16, 8),
            '0'..='7' => {
                self.at -= 1;
                (8, 3)
            }
            _ => return None,
        };
        let mut value = 0;
        for _ in 0..most {
            let Some(digit) = self.peek(0).and_then(|c| c.to_digit(radix)) else {
                break;
            };
            value = value * radix + digit;
            self.at += 1;
        }
        char::from_u32(value).filter(|c| *c != '\0')
    }

    fn backquote(&mut self) {
        self.line.shell = true;
        self.at += 1;
        let mut inner = String::new();
        loop {
            match self.peek(0) {
                Some('`') => break,
                Some('\\') => {
                    if let Some(c) = self.peek(1) {
                        inner.push(c);
                    }
                    self.at += 2;
                }
                Some(c) => {
                    inner.push(c);
                    self.at += 1;
                }
                None => {
                    self.line.whole = false;
                    break;
                }
            }
        }
        self.at += 1;
        self.open = true;
        self.word.dynamic = true;
        self.word.text.push_str("$()");
        self.line.nested.push(inner);
    }

    /// The text up to the bracket that closes, quotes and inner brackets skipped.
    fn until_close(&mut self) -> String {
        let start = self.at;
        let mut depth = 1;
        let mut quote: Option<char> = None;
        while let Some(c) = self.peek(0) {
            match (quote, c) {
                (Some('\''), '\'') | (Some('"'), '"') => quote = None,
                (None, '\'' | '"') => quote = Some(c),
                (Some('"') | None, '\\') => self.at += 1,
                (None, '(') => depth += 1,
                (None, ')') => {
                    depth -= 1;
                    if depth == 0 {
                        let inner = self.chars[start..self.at].iter().collect();
                        self.at += 1;
                        return inner;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        self.line.whole = false;
        self.at = self.at.min(self.chars.len());
        self.chars[start.min(self.at)..self.at].iter().collect()
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
