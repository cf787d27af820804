//! Python that reads its input and prints: `oc get -o json | python3 -c 'import json, sys; …'`.

use super::{
    Word,
    lexicon::lexicon,
    verdict::{Part, allowed},
};

/// Words of the language that do nothing by themselves.
const KEYWORDS: [&str; 24] = [
    "and", "as", "break", "continue", "def", "elif", "else", "except", "for", "from", "if",
    "import", "in", "is", "lambda", "not", "or", "pass", "return", "try", "while", "None", "True",
    "False",
];

/// Allows a program of known harmless names only; `None` where there is any other.
pub(super) fn quiet(arguments: &[Word], command: &str) -> Option<Part> {
    // what follows the program are its own arguments
    let [flag, program, ..] = arguments else {
        return None;
    };
    let known = flag.text == "-c" && !program.dynamic;
    (known && is_quiet(&program.text)).then(|| allowed(command, "print"))
}

fn is_quiet(program: &str) -> bool {
    let mut code = String::new();
    if without_literals(program, &mut code).is_none() {
        return false;
    }
    // decorators and names with two underscores reach everything
    if code.contains("__") || code.contains('@') {
        return false;
    }
    let imports = |part: &&str| names(part).iter().any(|name| name.text == "import");
    let mut imported = code.split(['\n', ';']).filter(imports).flat_map(names);
    imported.all(|name| is_known(name.text))
        && names(&code).iter().all(|name| {
            // a variable of its own is neither called nor reached by a dot
            is_known(name.text) || !(name.reaches || is_reserved(name.text))
        })
}

fn is_known(name: &str) -> bool {
    let known = &lexicon().python;
    let mut all = known.names.iter().chain(&known.modules);
    KEYWORDS.contains(&name) || all.any(|one| one == name)
}

/// Names of the language through which anything can be run.
fn is_reserved(name: &str) -> bool {
    const REACH: [&str; 17] = [
        "exec",
        "eval",
        "compile",
        "open",
        "input",
        "getattr",
        "setattr",
        "delattr",
        "globals",
        "locals",
        "vars",
        "breakpoint",
        "help",
        "exit",
        "quit",
        "os",
        "subprocess",
    ];
    REACH.contains(&name)
}

/// A name in a program.
struct Name<'c> {
    text: &'c str,
    /// It is called, or belongs to what stands before a dot.
    reaches: bool,
}

fn names(code: &str) -> Vec<Name<'_>> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = code[at..].find(is_name).map(|start| at + start) {
        let rest = &code[start..];
        let end = start + rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let text = &code[start..end];
        let called = code[end..].trim_start().starts_with('(');
        let member = code[..start].trim_end().ends_with('.');
        if !text.starts_with(|c: char| c.is_ascii_digit()) {
            found.push(Name {
                text,
                reaches: called || member,
            });
        }
        at = end;
    }
    found
}

/// Takes string literals out; what stands in the braces of `f"{…}"` is code. `None` where one does
/// not close.
fn without_literals(program: &str, code: &mut String) -> Option<()> {
    let mut rest = program.chars();
    while let Some(c) = rest.next() {
        if !matches!(c, '"' | '\'') {
            code.push(c);
            continue;
        }
        let mut literal = String::new();
        loop {
            match rest.next()? {
                '\\' => {
                    rest.next();
                }
                end if end == c => break,
                other => literal.push(other),
            }
        }
        if code.ends_with(['f', 'F']) {
            code.pop();
            for piece in literal.split('{').skip(1) {
                code.push(' ');
                without_literals(piece.split('}').next().unwrap_or_default(), code)?;
            }
        }
        code.push(' ');
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_is_quiet_and_reaching_out_is_not() {
        for program in [
            "import json,sys; print(len(json.load(sys.stdin)['items']))",
            "import sys, json\nfor i in json.load(sys.stdin)['items']:\n  print(f\"{i['metadata']['name']:<20}\")",
            "print('rm -rf /')",
            "import base64;print(base64.b64decode('eA==').decode())",
        ] {
            assert!(is_quiet(program), "{program}");
        }
        for program in [
            "import os; os.system('rm -rf /')",
            "import json, shutil; shutil.rmtree('/x')",
            "list(map(exec, ['x']))",
            "print(open('/etc/passwd', 'w'))",
            "__import__('os').remove('x')",
            "print(f\"{__import__('os').remove('x')}\")",
            "import sys; sys.modules['os'].system('x')",
            "from os import system as s; list(map(s, ['x']))",
            "print('x",
        ] {
            assert!(!is_quiet(program), "{program}");
        }
    }
}
