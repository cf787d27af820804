//! `redbutton report`: the overview as text, JSON or Markdown, with exit codes for scripts.

mod collect;
mod print;

use clap::{Args, ValueEnum};

use super::{Ctx, Exit, gather};

/// Print the overview and end
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Form
    #[arg(short, long, value_enum, default_value_t = ReportForm::Text)]
    output: ReportForm,
}

/// Form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportForm {
    /// For the terminal
    Text,
    /// For programs
    Json,
    /// For tickets
    Markdown,
}

/// Runs the command.
pub async fn run(args: &ReportArgs, ctx: &Ctx) -> Exit {
    let scene = match gather(ctx).await {
        Ok(scene) => scene,
        Err(exit) => return exit,
    };
    let report = collect::report(&scene.inventory, &ctx.profile, scene.now);
    let text = match args.output {
        ReportForm::Text => print::text(&report),
        ReportForm::Markdown => print::markdown(&report),
        ReportForm::Json => serde_json::to_string_pretty(&report)
            .unwrap_or_else(|why| format!("{{\"error\":\"{why}\"}}")),
    };
    say!("{}", text.trim_end());
    report.exit()
}
