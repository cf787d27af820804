//! `$((1 << 30))` and `((i++))`: sums, which run nothing.

use super::{super::table, Lexer};

impl Lexer {
    /// Steps over `((…))` where it begins here and is a sum beyond doubt. What may be a command inside
    /// a command is left to be read as one.
    pub(super) fn skips_arithmetic(&mut self) -> bool {
        if self.peek(0) != Some('(') || self.peek(1) != Some('(') {
            return false;
        }
        let rest = &self.chars[self.at + 2..];
        let mut depth = 0_usize;
        for (length, c) in rest.iter().enumerate() {
            match c {
                '(' => depth += 1,
                ')' if depth > 0 => depth -= 1,
                ')' => {
                    let closes = rest.get(length + 1) == Some(&')');
                    let sum: String = rest[..length].iter().collect();
                    let found = closes && is_sum(&sum);
                    if found {
                        self.line.shell = true;
                        self.at += length + 4;
                    }
                    return found;
                }
                _ => {}
            }
        }
        false
    }
}

/// Names, numbers and operators, in an order that no command has.
fn is_sum(text: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '{' | '}');
    let operators = |c: char| "+-*/%<>=!&|^~?:,()".contains(c);
    let known = |c: char| letters(c) || operators(c) || matches!(c, ' ' | '\t');
    if !text.chars().all(known) || text.contains("$(") || !text.contains(operators) {
        return false;
    }
    // a plain shell knows no `((…))`, and runs what stands in it
    if text
        .split(|c| !letters(c))
        .any(|name| table::tool(name).is_some())
    {
        return false;
    }
    // `rm -rf /x` would be a sum as well: between words there is an operator with the same room
    // on both sides
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).all(|pair| {
        let whole = |word: &str| word.chars().all(operators);
        whole(pair[0]) || whole(pair[1])
    })
}

#[cfg(test)]
mod tests {
    use super::is_sum;

    #[test]
    fn a_sum_is_told_from_a_command() {
        for sum in [
            "1<<30",
            " used * 100 / total ",
            "i++",
            "$i + 1",
            "(a+b)*2",
            "${n}%3",
        ] {
            assert!(is_sum(sum), "{sum}");
        }
        for command in [
            "rm -rf /x",
            "rm",
            "reboot ",
            "ls | wc",
            "$(rm x)+1",
            "a[$(rm)]",
            "`rm`+1",
            "rm x; ls",
            "rm * 2 x",
            "ls | wc",
            "reboot || 1",
        ] {
            assert!(!is_sum(command), "{command}");
        }
    }
}
