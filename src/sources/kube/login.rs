//! Keeps the credentials fresh: a plugin's before they end, a kubeconfig's when somebody has logged
//! in again.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    connect::{self, Context, KubeSettings, Login},
    http::{Getter, ReadError},
};

/// So long before their end credentials are renewed.
const AHEAD: i64 = 60;
/// Between two looks into the kubeconfig while the server refuses or does not answer.
const LOOK_AGAIN: Duration = Duration::from_secs(4);
/// Between two runs of a plugin that does not help: twice as long each time, up to the second.
const RUN_AGAIN: [Duration; 2] = [Duration::from_secs(8), Duration::from_secs(300)];

/// How the server takes us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Standing {
    /// It answers.
    #[default]
    Fine,
    /// It does not answer: perhaps the context names a wrong place or authority.
    Silent,
    /// It refuses the credentials.
    Refused,
}

/// Logs in, and again whenever that may help.
pub(super) async fn keep(
    settings: KubeSettings,
    mut context: Context,
    getter: Getter,
    mut standing: watch::Receiver<Standing>,
) {
    let settings = KubeSettings {
        // somebody may switch the current context elsewhere: this one is followed
        context: context.of_file().then(|| context.name.clone()),
        ..settings
    };
    let mut patience = RUN_AGAIN[0];
    loop {
        let expires = match context.log_in().await {
            Ok(Login { client, expires }) => {
                getter.renew(client);
                expires
            }
            Err(why) => {
                getter.close(ReadError::NotLoggedIn(why.into()));
                None
            }
        };
        let Some(found) = better(&settings, &context, expires, &mut standing, &mut patience).await
        else {
            return;
        };
        context = found;
    }
}

/// What to log in with next, once there is a reason to; `None` when nobody asks any more.
async fn better(
    settings: &KubeSettings,
    context: &Context,
    expires: Option<Timestamp>,
    standing: &mut watch::Receiver<Standing>,
    patience: &mut Duration,
) -> Option<Context> {
    let begun = tokio::time::Instant::now();
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        let now = tokio::select! {
            now = standing.wait_for(|now| *now != Standing::Fine) => *now.ok()?,
            () = end_of(expires) => return connect::context(settings).ok().or_else(|| Some(context.clone())),
        };
        // a file that is being written is read the next time
        let Ok(found) = connect::context(settings) else {
            continue;
        };
        if !found.same(context) {
            *patience = RUN_AGAIN[0];
            return Some(found);
        }
        if now == Standing::Refused && context.plugin().is_some() && begun.elapsed() >= *patience {
            *patience = (*patience * 2).min(RUN_AGAIN[1]);
            return Some(found);
        }
    }
}

async fn end_of(expires: Option<Timestamp>) {
    let Some(expires) = expires else {
        return std::future::pending().await;
    };
    let left = expires.as_second() - Timestamp::now().as_second() - AHEAD;
    tokio::time::sleep(Duration::from_secs(left.max(0).unsigned_abs())).await;
}
