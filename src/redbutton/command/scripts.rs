//! Tools that carry a script or write files by a letter: sed, awk, tar, interpreters.

use super::{
    Word,
    judge::Part,
    special::{allowed, asked, destructive, words},
};

pub(super) fn sed(arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    let in_place = list.iter().any(|word| {
        *word == "--in-place"
            || word.starts_with("--in-place=")
            || (word.starts_with('-') && !word.starts_with("--") && word.contains('i'))
    });
    // the commands w and e of a script write files and run programs
    let mut scripts = list.iter().filter(|word| {
        !word.starts_with('-') || word.starts_with("-e") || word.starts_with("--expression")
    });
    let runs = list.iter().any(|word| matches!(*word, "-f" | "--file"))
        || scripts.any(|script| {
            let tail = script
                .rsplit(['/', '|', '#', ','])
                .next()
                .unwrap_or_default();
            let flagged = script.starts_with('s')
                && !tail.contains(' ')
                && tail.len() < 6
                && tail.contains(['e', 'w'])
                && tail.chars().all(|c| c.is_ascii_alphanumeric());
            let command = script.split([';', '\n', '}']).any(|piece| {
                let piece = piece.trim_start().trim_start_matches(|c: char| {
                    c.is_ascii_digit() || matches!(c, '$' | ',' | '!' | ' ')
                });
                piece.starts_with("e ") || piece.starts_with("w ") || piece == "e"
            });
            flagged || command || writes_at_address(script)
        });
    if in_place {
        asked(command, "changes a file in place", "-i")
    } else if runs {
        asked(command, "the script writes or runs something", "sed")
    } else {
        allowed(command, "sed")
    }
}

pub(super) fn awk(arguments: &[Word], command: &str) -> Part {
    let text = words(arguments).collect::<Vec<_>>().join(" ");
    let runs = text.contains("system(")
        || text.contains("| getline")
        || text.contains("|getline")
        || text.contains("-i inplace");
    let writes = redirects(&text)
        || text.contains("|&")
        || text.contains("print >")
        || text.contains("print>")
        || text.contains(" > \"")
        || text.contains(">> \"")
        || text.contains("| \"")
        || text.contains("|\"");
    let loses = ["rm ", "delete ", "destroy "]
        .iter()
        .any(|word| runs && text.contains(word));
    if loses {
        destructive(command, "system(")
    } else if runs || writes || words(arguments).any(|word| word == "-f") {
        asked(command, "the script writes or runs something", "awk")
    } else {
        allowed(command, "awk")
    }
}

pub(super) fn in_place(arguments: &[Word], command: &str) -> Part {
    let writes = words(arguments).any(|word| {
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

pub(super) fn tar(arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    if list
        .iter()
        .any(|word| matches!(*word, "--remove-files" | "--delete" | "--recursive-unlink"))
    {
        return destructive(command, "--remove-files");
    }
    if list.iter().any(|word| {
        word.starts_with("--to-command")
            || word.starts_with("--checkpoint-action")
            || word.starts_with("--use-compress-program")
            || *word == "-I"
    }) {
        return asked(command, "runs another program", "--to-command");
    }
    let first = list
        .first()
        .copied()
        .unwrap_or_default()
        .trim_start_matches('-');
    let lists = list.contains(&"--list")
        || list.contains(&"-t")
        || (first.contains('t')
            && !first.contains(['x', 'c', 'r', 'u'])
            && !first.starts_with('-')
            && first.len() < 6);
    if lists {
        allowed(command, "-t")
    } else {
        asked(command, "writes files", "tar")
    }
}

pub(super) fn script(name: &str, arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    if list
        .first()
        .is_some_and(|word| matches!(*word, "--version" | "-V"))
        && list.len() == 1
    {
        return allowed(command, "--version");
    }
    if list.windows(2).any(|pair| pair == ["-m", "json.tool"]) {
        return allowed(command, "json.tool");
    }
    let text = list.join(" ");
    for word in [
        "rmtree",
        "os.remove",
        "os.unlink",
        "unlink(",
        "unlink \"",
        "unlink '",
        "unlink $",
        "unlink glob",
        "unlinkSync",
        "rmSync",
        "rmdirSync",
        "rm -",
        "shutil.rm",
        "delete_namespaced",
        "FileUtils.rm",
        "File.delete",
        "destroy",
        "truncate(",
        ".unlink()",
        "DROP TABLE",
        "DELETE FROM",
        "drop table",
    ] {
        if text.contains(word) {
            return destructive(command, word);
        }
    }
    asked(command, "runs a program of its own", name)
}

pub(super) fn openssl(arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    let reads = matches!(
        list.first(),
        Some(
            &("s_client"
                | "x509"
                | "rand"
                | "version"
                | "verify"
                | "dgst"
                | "ciphers"
                | "crl"
                | "asn1parse"
                | "passwd")
        )
    );
    let writes = list.contains(&"-out");
    if reads && !writes {
        allowed(command, list[0])
    } else {
        asked(command, "writes or signs something", "openssl")
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
