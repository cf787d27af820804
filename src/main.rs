//! Parse, dispatch, exit code; no logic.

/// A watch makes and drops millions of small strings on several threads; this allocator gives their
/// memory back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    redbutton::cli::main()
}
