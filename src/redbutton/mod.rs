//! The only way to change anything: classify, plan, preflight, confirm, execute, verify, record.
//!
//! [`Plan`] → [`Preflighted`] → [`Confirmed`] → [`Outcome`]: each step consumes the one before, and
//! only the gate makes a [`Confirmed`]. [`KubeWriter`] takes one by value, so a write without a
//! confirmation does not compile.
//!
//! A confirmation is consumed by what it allows:
//!
//! ```no_run
//! # use redbutton::{journal::Journal, redbutton::{Confirmed, KubeWriter}};
//! async fn once(writer: KubeWriter, journal: Journal, confirmed: Confirmed) {
//!     writer.execute(confirmed, &journal, "me").await.ok();
//! }
//! ```
//!
//! so it is good for one time,
//!
//! ```compile_fail,E0382
//! # use redbutton::{journal::Journal, redbutton::{Confirmed, KubeWriter}};
//! async fn twice(writer: KubeWriter, journal: Journal, confirmed: Confirmed) {
//!     writer.execute(confirmed, &journal, "me").await.ok();
//!     writer.execute(confirmed, &journal, "me").await.ok();
//! }
//! ```
//!
//! a plan that was only tried dry is not enough,
//!
//! ```compile_fail,E0308
//! # use redbutton::{journal::Journal, redbutton::{Preflighted, KubeWriter}};
//! async fn unconfirmed(writer: KubeWriter, journal: Journal, preflighted: Preflighted) {
//!     writer.execute(preflighted, &journal, "me").await.ok();
//! }
//! ```
//!
//! and nobody else can make one:
//!
//! ```compile_fail,E0451
//! # use redbutton::{domain::Time, redbutton::{Confirmed, DryRun, Plan}};
//! fn forge(plan: Plan, at: Time) -> Confirmed {
//!     Confirmed { plan, dry_run: DryRun::Passed, reason: String::new(), overridden: String::new(), at }
//! }
//! ```

mod action;
mod argo;
mod argo_call;
mod argo_follow;
mod argo_impact;
mod argo_kube;
mod argo_write;
mod by_hand;
mod call;
pub mod command;
mod drain;
mod gate;
mod glass;
mod guest;
mod impact;
mod look;
mod made;
mod outcome;
mod plan;
mod pve;
mod record;
mod rules;
mod send;
mod settle;
mod tier;
mod virt;
mod watch;
mod write;

pub use action::Verb;
pub use argo::{AppPart, Shown, Standing, SyncOptions};
pub use argo_write::ArgoWriter;
pub use gate::{Confirmed, DryRun, Preflighted, Shut};
pub use glass::{Glass, GlassError};
pub use outcome::Outcome;
pub use plan::{Fact, Plan, Refusal, Target, Weight, plan, plan_part};
pub use pve::PveWriter;
pub use rules::Rules;
pub use settle::{Eyes, Settled, settle};
pub use tier::Tier;
pub use write::KubeWriter;
