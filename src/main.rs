//! Parse, dispatch, exit code; no logic.

fn main() -> std::process::ExitCode {
    redbutton::cli::main()
}
