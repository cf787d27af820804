//! A drain to its end: every pod that was shown is asked to go, those that a disruption budget holds
//! are asked again, and it is waited until they are gone.

use std::time::{Duration, Instant};

use super::{
    KubeWriter, Plan, Target,
    argo_follow::Tell,
    call::{evict, get, path},
    send::Answer,
    watch::End,
};

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(500);
/// Time until a pod that was held back is asked again, as kubectl waits.
const AGAIN: Duration = Duration::from_secs(5);
/// A drain that takes longer is left as it is.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// How far a pod is.
enum Stage {
    /// Not asked, or held back when it was: why.
    Held(String),
    /// The server took the eviction.
    Going,
    Gone,
    /// It will not be asked again: why.
    Stays(String),
}

/// Asks and waits.
pub(super) async fn drain(writer: &KubeWriter, plan: &Plan, tell: Tell<'_>) -> End {
    let mut pods: Vec<(&Target, Stage)> = plan
        .evicted
        .iter()
        .map(|pod| (pod, Stage::Held(String::new())))
        .collect();
    let longest = writer.bound(LONGEST);
    let begun = Instant::now();
    let mut asked: Option<Instant> = None;
    loop {
        if asked.is_none_or(|at| at.elapsed() >= AGAIN) {
            for (pod, stage) in &mut pods {
                if matches!(stage, Stage::Held(_)) {
                    *stage = ask(writer, pod).await;
                }
            }
            asked = Some(Instant::now());
        }
        for (pod, stage) in &mut pods {
            if !matches!(stage, Stage::Gone) && is_gone(writer, pod).await {
                *stage = Stage::Gone;
            }
        }
        let waits = pods
            .iter()
            .any(|(_, stage)| matches!(stage, Stage::Held(_) | Stage::Going));
        if !waits || begun.elapsed() >= longest {
            return ended(&pods, begun.elapsed());
        }
        tell(progress(&pods));
        tokio::time::sleep(LOOK).await;
    }
}

/// Asks a pod to go. An answer that was lost is not asked for again: whether the pod goes is seen.
async fn ask(writer: &KubeWriter, pod: &Target) -> Stage {
    match writer.send(&evict(pod), false).await {
        Answer::Good(_) => Stage::Going,
        Answer::Bad(404, _) => Stage::Gone,
        // too many at once: the server asks to come again
        Answer::Bad(429, why) => Stage::Held(why),
        Answer::Bad(code, why) => Stage::Stays(format!("{why} ({code})")),
        Answer::Lost(why) => Stage::Stays(format!("no answer ({why})")),
    }
}

/// Gone, replaced by another of its name, or ended: a machine that moved leaves its old pod.
async fn is_gone(writer: &KubeWriter, pod: &Target) -> bool {
    let place = path(&pod.object, "").unwrap_or_default();
    match writer.send(&get(place), false).await {
        Answer::Good(found) => {
            found["metadata"]["uid"] != pod.uid
                || matches!(
                    found["status"]["phase"].as_str(),
                    Some("Succeeded" | "Failed")
                )
        }
        Answer::Bad(404, _) => true,
        Answer::Bad(..) | Answer::Lost(_) => false,
    }
}

fn count(pods: &[(&Target, Stage)], which: impl Fn(&Stage) -> bool) -> usize {
    pods.iter().filter(|(_, stage)| which(stage)).count()
}

fn progress(pods: &[(&Target, Stage)]) -> String {
    let gone = count(pods, |stage| matches!(stage, Stage::Gone));
    let held: Vec<&str> = pods
        .iter()
        .filter(|(_, stage)| matches!(stage, Stage::Held(_)))
        .map(|(pod, _)| &*pod.object.key.name)
        .collect();
    let mut words = format!("{gone} of {} pods gone", pods.len());
    if !held.is_empty() {
        words.push_str(&format!(", held back: {}", held.join(", ")));
    }
    words
}

fn ended(pods: &[(&Target, Stage)], took: Duration) -> End {
    let stay: Vec<String> = pods
        .iter()
        .filter_map(|(pod, stage)| {
            let why = match stage {
                Stage::Gone => return None,
                Stage::Going => "still going",
                Stage::Held(why) | Stage::Stays(why) => why,
            };
            Some(format!("{}: {why}", pod.object.key))
        })
        .collect();
    if stay.is_empty() {
        return End::Reached(format!("all {} pods are gone", pods.len()));
    }
    let words = format!(
        "cordoned, but after {} s {} of {} pods stay: {}",
        took.as_secs(),
        stay.len(),
        pods.len(),
        stay.join("; ")
    );
    if count(pods, |stage| matches!(stage, Stage::Going)) == 0 {
        End::Failed(words)
    } else {
        End::Open(words)
    }
}
