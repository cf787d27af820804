//! Tools that carry a script: sed, awk, interpreters.

use super::{
    Word,
    lexicon::lexicon,
    verdict::{Part, Verdict, allowed, asked, destructive},
    walk::{handed_on, texts},
};

pub(super) fn sed(arguments: &[Word], command: &str) -> Part {
    let in_place = texts(arguments).any(|word| {
        word.starts_with("--in-place")
            || (word.starts_with('-') && !word.starts_with("--") && word.contains('i'))
    });
    let from_file = texts(arguments).any(|word| matches!(word, "-f" | "--file"));
    // the commands w and e of a script write files and run programs
    let mut scripts = texts(arguments).filter(|word| {
        !word.starts_with('-') || word.starts_with("-e") || word.starts_with("--expression")
    });
    if in_place {
        asked(command, "changes a file in place", "-i")
    } else if from_file || scripts.any(does_more) {
        asked(command, "the script writes or runs something", "sed")
    } else {
        allowed(command, "sed")
    }
}

/// A script of sed that writes a file or runs a program.
fn does_more(script: &str) -> bool {
    let tail = script
        .rsplit(['/', '|', '#', ','])
        .next()
        .unwrap_or_default();
    let flagged = script.starts_with('s')
        && tail.len() < 6
        && tail.contains(['e', 'w'])
        && tail.chars().all(|c| c.is_ascii_alphanumeric());
    let alone = script.split([';', '\n', '}']).any(|piece| {
        let piece = piece.trim_start_matches(|c: char| {
            c.is_ascii_digit() || c.is_whitespace() || matches!(c, '$' | ',' | '!')
        });
        piece.starts_with("e ") || piece.starts_with("w ") || piece == "e"
    });
    flagged || alone || writes_at_address(script)
}

pub(super) fn awk(arguments: &[Word], command: &str) -> Part {
    let text = texts(arguments).collect::<Vec<_>>().join(" ");
    let runs = [
        "system(",
        "| getline",
        "|getline",
        "-i inplace",
        "| \"",
        "|\"",
        "|&",
    ];
    let writes = [" > \"", ">> \""];
    if let Some(what) = runs.iter().find(|piece| text.contains(**piece)) {
        let spoken = literals(&text).join("; ");
        return handed_on(&spoken, command, "the script runs something", what);
    }
    let from_file = texts(arguments).any(|word| word == "-f");
    if from_file || redirects(&text) || writes.iter().any(|piece| text.contains(piece)) {
        asked(command, "the script writes or runs something", "awk")
    } else {
        allowed(command, "awk")
    }
}

/// A program in an interpreter's language: asked, unless a call in it plainly loses something.
pub(super) fn script(name: &str, arguments: &[Word], command: &str) -> Part {
    if let [only] = arguments
        && matches!(only.text.as_str(), "--version" | "-V" | "--help")
    {
        return allowed(command, &only.text);
    }
    let pairs = arguments.windows(2);
    if pairs
        .into_iter()
        .any(|pair| pair[0].text == "-m" && pair[1].text == "json.tool")
    {
        return allowed(command, "json.tool");
    }
    let text = texts(arguments).collect::<Vec<_>>().join(" ");
    if let Some(word) = lexicon()
        .interpreters
        .loses
        .iter()
        .find(|word| text.contains(word.as_str()))
    {
        return destructive(command, word);
    }
    // `os.system("rm -rf /x")`: what is in quotes may be for a shell
    let worst = literals(&text)
        .into_iter()
        .map(|spoken| handed_on(spoken, command, "runs a program of its own", name))
        .find(|found| found.verdict == Verdict::Destructive);
    worst.unwrap_or_else(|| asked(command, "runs a program of its own", name))
}

/// The texts between quotes of one kind.
fn literals(program: &str) -> Vec<&str> {
    let of = |quote: char| program.split(quote).skip(1).step_by(2);
    of('"').chain(of('\'')).collect()
}

pub(super) fn in_place(arguments: &[Word], command: &str) -> Part {
    let writes = texts(arguments).any(|word| {
        matches!(word, "-i" | "--inplace" | "--in-place" | "-s")
            || (word.starts_with('-')
                && !word.starts_with("--")
                && word.contains('i')
                && word.len() < 4)
    });
    if writes {
        asked(command, "changes a file in place", "-i")
    } else {
        allowed(command, "yq")
    }
}

/// `/x/w FILE`, `1e CMD`, `s/a/b/w FILE`: the letter stands after an address or a slash, and a blank after it.
fn writes_at_address(script: &str) -> bool {
    let chars: Vec<char> = script.chars().collect();
    chars.windows(3).any(|three| {
        matches!(three[1], 'w' | 'W' | 'e')
            && matches!(
                three[0],
                '/' | '|' | '#' | ',' | '$' | '!' | '}' | '{' | ';' | '0'..='9'
            )
            && matches!(three[2], ' ' | '/')
    })
}

/// `print … > FILE` or `print … | CMD` in a program of awk.
fn redirects(program: &str) -> bool {
    program.split("print").skip(1).any(|after| {
        let until = after.find([';', '}', '\n']).unwrap_or(after.len());
        let mut quoted = false;
        let mut last = ' ';
        after[..until].chars().any(|c| {
            quoted ^= c == '"' && last != '\\';
            last = c;
            !quoted && matches!(c, '>' | '|')
        })
    })
}
