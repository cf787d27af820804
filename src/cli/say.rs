//! Printing for commands. A reader that has seen enough (`redbutton report | head`) closes the pipe:
//! that is no reason to panic, as `println!` does; the rest is left unsaid and the exit code stands.

/// Prints a line to standard output; a closed pipe is no error.
macro_rules! say {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout().lock(), $($part)*).ok();
    }};
}

/// Prints a line to standard error; a closed pipe is no error.
macro_rules! complain {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stderr().lock(), $($part)*).ok();
    }};
}
