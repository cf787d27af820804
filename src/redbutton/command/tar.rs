//! `tar`: the mode decides, and where the archive goes.

use super::{
    Word,
    verdict::{Part, allowed, asked, destructive},
    walk::texts,
};

/// What a call of tar does.
#[derive(Default)]
struct Call<'w> {
    /// `t`, `c`, `x`, `d`, `r`, `u`, `A`.
    modes: Vec<char>,
    file: Option<&'w str>,
    to_stdout: bool,
    loses: Option<&'w str>,
    runs: Option<&'w str>,
    /// A flag that is not known, or a second thing that is written.
    unclear: bool,
}

impl<'w> Call<'w> {
    fn read(arguments: &'w [Word]) -> Self {
        let mut call = Self::default();
        let mut rest = texts(arguments);
        let mut first = true;
        while let Some(text) = rest.next() {
            if text == "--" {
                break;
            } else if text.starts_with("--") {
                call.long(text, &mut rest);
            } else if text.starts_with('-') || first {
                call.short(text, text.starts_with('-'), &mut rest);
            }
            first = false;
        }
        call
    }

    /// Letters; one with a value takes the rest of the word, or the next word. Without a dash all
    /// letters come first and their values follow.
    fn short(&mut self, text: &'w str, dash: bool, rest: &mut impl Iterator<Item = &'w str>) {
        let letters = text.trim_start_matches('-');
        for (at, letter) in letters.char_indices() {
            let after = letters.get(at + letter.len_utf8()..).unwrap_or_default();
            let joined = Some(after).filter(|after| dash && !after.is_empty());
            match letter {
                'f' | 'C' | 'T' | 'X' | 'b' | 'K' | 'N' | 'V' | 'H' | 'L' | 'g' | 'I' | 'F' => {
                    let value = joined.or_else(|| rest.next());
                    match letter {
                        'f' => self.file = value,
                        'I' | 'F' => self.runs = Some(text),
                        'g' => self.unclear = true,
                        _ => {}
                    }
                    if joined.is_some() {
                        return;
                    }
                }
                't' | 'c' | 'x' | 'd' | 'r' | 'u' | 'A' => self.modes.push(letter),
                'O' => self.to_stdout = true,
                'z' | 'j' | 'J' | 'v' | 'h' | 'p' | 'P' | 'a' | 'n' | 'R' | 'S' | 'w' | 'k'
                | 'm' | 'o' | 's' | 'W' | 'l' | 'B' | 'i' | 'M' | 'Z' => {}
                _ => self.unclear = true,
            }
        }
    }

    fn long(&mut self, text: &'w str, rest: &mut impl Iterator<Item = &'w str>) {
        let (name, joined) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        match name {
            "--remove-files" | "--delete" | "--recursive-unlink" => self.loses = Some(text),
            "--to-command"
            | "--checkpoint-action"
            | "--use-compress-program"
            | "--rsh-command"
            | "--info-script"
            | "--new-volume-script" => self.runs = Some(text),
            "--list" => self.modes.push('t'),
            "--create" => self.modes.push('c'),
            "--extract" | "--get" => self.modes.push('x'),
            "--diff" | "--compare" => self.modes.push('d'),
            "--to-stdout" => self.to_stdout = true,
            "--file" => self.file = joined.or_else(|| rest.next()),
            "--index-file"
            | "--listed-incremental"
            | "--append"
            | "--update"
            | "--concatenate"
            | "--catenate"
            | "--test-label" => self.unclear = true,
            // those that take a value must not give it away as a mode
            "--directory" | "--exclude" | "--exclude-from" | "--files-from" | "--owner"
            | "--group" | "--mtime" | "--transform" | "--newer" | "--sort" | "--format"
            | "--strip-components" | "--warning" => {
                if joined.is_none() {
                    rest.next();
                }
            }
            // long flags may be cut short
            _ => {
                let loses = ["--remove-files", "--delete", "--recursive-unlink"];
                if name.len() > 4 && loses.iter().any(|full| full.starts_with(name)) {
                    self.loses = Some(text);
                }
                self.unclear |= !is_harmless(name);
            }
        }
    }
}

fn is_harmless(name: &str) -> bool {
    const HARMLESS: [&str; 14] = [
        "--verbose",
        "--gzip",
        "--bzip2",
        "--xz",
        "--zstd",
        "--numeric-owner",
        "--same-owner",
        "--acls",
        "--xattrs",
        "--selinux",
        "--wildcards",
        "--one-file-system",
        "--no-recursion",
        "--dereference",
    ];
    HARMLESS.contains(&name)
}

/// Listing, comparing, and what goes to the screen or the next command only look.
pub(super) fn tar(arguments: &[Word], command: &str) -> Part {
    let call = Call::read(arguments);
    if let Some(flag) = call.loses {
        return destructive(command, flag);
    }
    if let Some(flag) = call.runs {
        return asked(command, "runs another program", flag);
    }
    let looks = match call.modes.as_slice() {
        ['t' | 'd'] => true,
        ['x'] => call.to_stdout,
        ['c'] => call
            .file
            .is_none_or(|file| matches!(file, "-" | "/dev/null")),
        _ => false,
    };
    // without a file, the one that the surroundings name, or a tape
    let named = call.modes != ['c'] || call.file.is_some();
    if looks && named && !call.unclear {
        allowed(command, "tar")
    } else {
        asked(command, "writes files", "tar")
    }
}
