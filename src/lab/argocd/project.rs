//! Projects, and what they and the accounts let through.

use axum::response::Response;
use serde_json::{Value, json};

use super::{Asked, NAMESPACE, Refusal, answer, form, no_route, nothing_is_null};

/// Actions that a right can be about.
const ACTIONS: &str = "get create update delete sync rollback override action invoke";
/// What a right can be about.
const RESOURCES: &str = "clusters projects applications applicationsets repositories write-repositories certificates accounts gpgkeys logs exec extensions";

/// `/account/can-i/RESOURCE/ACTION/SUBJECT`, where the subject may have slashes, escaped or not.
pub fn can_i(asked: &Asked, resource: &str, action: &str, subject: &[&str]) -> Response {
    for (known, said) in [(RESOURCES, resource), (ACTIONS, action)] {
        if !known.split(' ').any(|one| one == said) {
            return Refusal::new(400, 3, format!("[{known}] does not contain {said}")).answer();
        }
    }
    let subject = subject.join("/").replace("%2F", "/");
    let may = asked.account.may(resource, action, &subject);
    answer(&json!({"value": if may { "yes" } else { "no" }}))
}

/// Whether a project is there. The lab's own applications are in one that nobody made.
pub fn exists(asked: &Asked, project: &str) -> bool {
    let world = &asked.lab.world;
    project == "default" || world.find("AppProject", NAMESPACE, project).is_some()
}

/// `/projects` and below.
pub fn route(asked: &Asked, rest: &[&str]) -> Response {
    let world = &asked.lab.world;
    let [name, below @ ..] = rest else {
        let all = world.all("AppProject").into_iter();
        let items = match asked.param("fields") {
            "" => all.map(|one| form::bare(&one)).collect(),
            fields => all
                .map(|one| form::chosen(&form::bare(&one), fields))
                .collect(),
        };
        return answer(&json!({"items": nothing_is_null(items)}));
    };
    let Some(project) = world.find("AppProject", NAMESPACE, name) else {
        let why = format!("appprojects.argoproj.io \"{name}\" not found");
        return Refusal::new(404, 5, why).answer();
    };
    match below {
        [] => answer(&form::bare(&project)),
        ["syncwindows"] => match &project["spec"]["syncWindows"] {
            Value::Null => answer(&json!({})),
            windows => answer(&json!({"windows": windows})),
        },
        _ => no_route(),
    }
}

/// Windows of an application's project; without any, the answer is one word.
pub fn windows(asked: &Asked, app: &Value) -> Value {
    let project = app["spec"]["project"].as_str().unwrap_or_default();
    let Some(manual) = asked.lab.world.git.window(project) else {
        return json!({"canSync": true});
    };
    let window =
        json!([{"kind": "deny", "schedule": "0 0 * * *", "duration": "24h", "manualSync": manual}]);
    json!({"activeWindows": window, "assignedWindows": window, "canSync": manual})
}
