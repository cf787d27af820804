//! Quotes, escapes and substitutions: what a word is made of.

use super::Lexer;

impl Lexer {
    pub(super) fn single(&mut self) {
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

    pub(super) fn double(&mut self) {
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

    pub(super) fn escape(&mut self) {
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

    pub(super) fn dollar(&mut self) {
        match self.peek(1) {
            Some('(') => {
                self.line.shell = true;
                self.at += 1;
                self.open = true;
                if self.skips_arithmetic() {
                    self.word.dynamic = true;
                    self.word.text.push_str("$(())");
                    return;
                }
                self.at += 1;
                let inner = self.until_close();
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

    pub(super) fn backquote(&mut self) {
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
    pub(super) fn until_close(&mut self) -> String {
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
