//! A line is walked through: every simple command in it, and every command inside a command.

use super::{
    Line, Simple, Word, feeds, lex,
    lexer::is_syntax,
    steering, telling, tools,
    verdict::{Judgement, Part, Verdict, asked, part},
    wrappers,
};
use crate::{journal::Registry, redbutton::Tier};

/// Wrappers within wrappers are followed so deep.
const DEEPEST: usize = 8;

/// Judges a shell line.
#[must_use]
pub fn judge_line(text: &str, registry: &Registry) -> Judgement {
    let line = lex(text);
    let mut walk = Walk::new(registry);
    walk.line(&line);
    Judgement::of(walk.parts, line.shell)
}

/// Judges the words of one command.
#[must_use]
pub fn judge_words(words: &[String], registry: &Registry) -> Judgement {
    let quoted = |word: &String| Word {
        quoted: true,
        ..Word::plain(word)
    };
    let simple = Simple {
        words: words.iter().map(quoted).collect(),
        ..Simple::default()
    };
    let mut walk = Walk::new(registry);
    walk.command(&simple);
    Judgement::of(walk.parts, false)
}

/// What a program of another language hands to a shell: as bad as it looks, and never allowed.
pub(super) fn handed_on(text: &str, command: &str, why: &str, matched: &str) -> Part {
    let found = judge_line(text, &Registry::default());
    if found.verdict == Verdict::Destructive {
        part(command, found.verdict, found.tier, found.why, found.matched)
    } else {
        asked(command, why, matched)
    }
}

/// The way through a line: what was found so far, and how deep it is.
pub(super) struct Walk<'r> {
    registry: &'r Registry,
    parts: Vec<Part>,
    depth: usize,
}

impl<'r> Walk<'r> {
    const fn new(registry: &'r Registry) -> Self {
        Self {
            registry,
            parts: Vec::new(),
            depth: 0,
        }
    }

    /// Notes what was found.
    pub(super) fn say(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// How many parts were found so far.
    pub(super) const fn mark(&self) -> usize {
        self.parts.len()
    }

    /// The worst that was found since a mark.
    pub(super) fn worst_since(&self, mark: usize) -> Option<Verdict> {
        self.parts
            .get(mark..)?
            .iter()
            .map(|part| part.verdict)
            .max()
    }

    /// The last part that was found.
    pub(super) fn last(&self) -> Option<&Part> {
        self.parts.last()
    }

    /// Judges a shell line inside this one.
    pub(super) fn text(&mut self, text: &str) {
        self.deeper(|walk| walk.line(&lex(text)));
    }

    /// Judges the words of a command inside this one.
    pub(super) fn words(&mut self, words: &[Word]) {
        let simple = Simple {
            words: words.to_vec(),
            ..Simple::default()
        };
        self.deeper(|walk| walk.command(&simple));
    }

    fn deeper(&mut self, step: impl FnOnce(&mut Self)) {
        if self.depth >= DEEPEST {
            self.say(asked("", "too many commands inside commands", ""));
            return;
        }
        self.depth += 1;
        step(self);
        self.depth -= 1;
    }

    fn line(&mut self, line: &Line) {
        for simple in &line.commands {
            self.command(simple);
        }
        for inner in &line.nested {
            self.text(inner);
        }
        if !line.whole {
            self.say(asked("", "the line cannot be understood whole", ""));
        }
    }

    fn command(&mut self, simple: &Simple) {
        self.redirects(simple);
        let words = strip_syntax(&simple.words);
        let before = &simple.words[..simple.words.len() - words.len()];
        steering::assignments(self, before);
        let Some(first) = words.first() else { return };
        if is_hidden(first) {
            self.hidden(words);
            return;
        }
        let name = base_name(&first.text);
        if wrappers::unwrap(self, name, words, simple) {
            feeds::inside(self, words, simple);
            return;
        }
        let mut found = tools::judge(name, words, self.registry);
        if let Some(input) = &simple.input
            && let Some(fed) = feeds::fed(name, words, input)
            && (fed.verdict > found.verdict || found.matched.is_empty())
        {
            found = fed;
        }
        self.say(found);
    }

    /// The program is only known at run time; what stands after it may still be plain enough.
    fn hidden(&mut self, words: &[Word]) {
        let command = joined(words);
        let first = &words[0].text;
        let why = "what is run is only known at run time";
        self.say(asked(&command, why, first));
        if let Some(found) = telling::word(&words[1..]).or_else(|| telling::piece(first)) {
            let why = "an argument is a destructive verb";
            self.say(part(
                &command,
                Verdict::Destructive,
                Tier::Destroy,
                why,
                found,
            ));
        }
    }

    /// A redirection into a file asks; into a device it is destructive.
    fn redirects(&mut self, simple: &Simple) {
        for one in simple.redirects.iter().filter(|one| one.writes) {
            let target = one.target.text.as_str();
            let shown = format!("> {target}");
            match target {
                "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty" => {}
                _ if target.starts_with("/dev/tcp/") || target.starts_with("/dev/udp/") => {
                    self.say(asked(&shown, "opens a connection", target));
                }
                _ if target.starts_with("/dev/") || target == "/proc/sysrq-trigger" => {
                    let why = "writes over a device";
                    self.say(part(
                        &shown,
                        Verdict::Destructive,
                        Tier::Catastrophe,
                        why,
                        target,
                    ));
                }
                _ => self.say(asked(&shown, "writes into a file", target)),
            }
        }
    }
}

/// A variable or substitution where the program's name should be, or `{rm,-rf,x}`.
fn is_hidden(first: &Word) -> bool {
    let braces = first.text.starts_with('{') && first.text.contains(',');
    braces || (first.dynamic && !matches!(first.text.as_str(), "[" | "[["))
}

/// Takes variables and shell grammar off the front of a command.
pub(super) fn strip_syntax(words: &[Word]) -> &[Word] {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
    };
    let own = words.iter().take_while(|word| {
        let name = word
            .text
            .split_once('=')
            .map(|(name, _)| name.trim_end_matches('+'));
        let assignment = name.is_some_and(is_name);
        assignment || is_syntax(word)
    });
    &words[own.count()..]
}

/// The name of a program without its folder.
pub(super) fn base_name(text: &str) -> &str {
    text.rsplit(['/', '\\']).next().unwrap_or(text)
}

/// Words as one line.
pub(super) fn joined(words: &[Word]) -> String {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}

/// The texts of words.
pub(super) fn texts(words: &[Word]) -> impl Iterator<Item = &str> {
    words.iter().map(|word| word.text.as_str())
}

/// Whether a flag takes the next word: `-u`, or `-iu` where no letter before the last takes the rest.
fn takes_next<S: AsRef<str>>(values: &[S], text: &str) -> bool {
    let takes = |wanted: &str| values.iter().any(|flag| flag.as_ref() == wanted);
    if takes(text) || text.starts_with("--") {
        return takes(text);
    }
    let letters = text.trim_start_matches('-');
    let first = letters.find(|letter| takes(&format!("-{letter}")));
    letters.is_ascii() && first.is_some_and(|at| at + 1 == letters.len())
}

/// Takes flags and their values off the front; short flags may be joined: `-iu NAME`.
pub(super) fn after_flags<'w, S: AsRef<str>>(values: &[S], words: &'w [Word]) -> &'w [Word] {
    let mut rest = words;
    while let Some(first) = rest.first() {
        let text = first.text.as_str();
        if text == "--" {
            return &rest[1..];
        }
        if !text.starts_with('-') || text == "-" {
            break;
        }
        let takes = takes_next(values, text);
        rest = rest.get(if takes { 2 } else { 1 }..).unwrap_or_default();
    }
    rest
}
