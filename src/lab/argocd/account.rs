//! Who may ask what: accounts, their tokens, and what is said of tokens that do not count.

use axum::{
    body::Body,
    http::{HeaderMap, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};

use super::{Refusal, answer};

/// The user that may log in with a password, which is the lab's secret.
pub const USER: &str = "admin";
/// How long a session lasts.
const SESSION: i64 = 86_400;
/// A session with less than this left comes with its successor.
const RENEWED: i64 = 300;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// May do everything.
    Console,
    /// The same, logged in with a password.
    Admin,
    /// May read.
    Viewer,
    /// May read and sync in the project `lab` only.
    Dev,
}

/// What is the matter with a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wear {
    /// Nothing.
    #[default]
    Good,
    /// It ends within five minutes.
    Ending,
    /// It has ended.
    Expired,
    /// Its account knows it no more.
    Revoked,
    /// The password was changed since.
    Outdated,
    /// Somebody else has signed it.
    Forged,
}

impl Account {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Admin => "admin",
            Self::Viewer => "viewer",
            Self::Dev => "dev",
        }
    }

    /// Whether it may do something with what has this name, as `project/name`.
    pub fn may(self, resource: &str, action: &str, subject: &str) -> bool {
        match self {
            Self::Console | Self::Admin => true,
            Self::Viewer => action == "get",
            Self::Dev => {
                resource == "applications"
                    && matches!(action, "get" | "sync")
                    && subject.starts_with("lab/")
            }
        }
    }
}

/// A token of an account: in the form of a JWT, whose last part is the lab's secret.
#[must_use]
pub fn token(secret: &str, account: Account, wear: Wear) -> String {
    let head = BASE64.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let kind = if account == Account::Admin {
        "login"
    } else {
        "apiKey"
    };
    let mut claims =
        json!({"iss": "argocd", "sub": format!("{}:{kind}", account.name()), "jti": "lab"});
    let now = jiff::Timestamp::now().as_second();
    match wear {
        Wear::Good if account == Account::Admin => claims["exp"] = json!(now + SESSION),
        Wear::Good | Wear::Forged => {}
        Wear::Ending => claims["exp"] = json!(now + RENEWED - 60),
        Wear::Expired => claims["exp"] = json!(now - 60),
        Wear::Revoked => claims["jti"] = json!("console-gone"),
        Wear::Outdated => claims["iat"] = json!(0),
    }
    let signature = if wear == Wear::Forged { "x" } else { secret };
    format!("{head}.{}.{signature}", BASE64.encode(claims.to_string()))
}

/// A login that counts.
#[derive(Clone, Copy)]
pub struct Login {
    pub account: Account,
    /// It is about to end: the answer carries its successor.
    pub ends: bool,
}

/// Whose token it is, or what the server says of it.
pub fn login(headers: &HeaderMap, secret: &str) -> Result<Login, String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let cookie = text(header::COOKIE.as_str())
        .into_iter()
        .flat_map(|all| all.split("; "))
        .find_map(|one| one.strip_prefix("argocd.token="));
    let sent = text(header::AUTHORIZATION.as_str())
        .and_then(|value| value.strip_prefix("Bearer "))
        .or(cookie)
        .unwrap_or_default();
    // what is no JWT at all counts as nothing
    let [_, claims, signature] = sent.split('.').collect::<Vec<_>>()[..] else {
        return Err("no session information".into());
    };
    if signature != secret {
        return Err("invalid session: token signature is invalid: signature is invalid".into());
    }
    let claims: Value = BASE64
        .decode(claims)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let left = claims["exp"]
        .as_i64()
        .map(|end| end - jiff::Timestamp::now().as_second());
    if left.is_some_and(|left| left <= 0) {
        return Err("invalid session: token has invalid claims: token is expired".into());
    }
    if claims["iat"] == 0 {
        return Err("invalid session: account password has changed since token issued".into());
    }
    let name = claims["sub"]
        .as_str()
        .and_then(|sub| sub.split(':').next())
        .unwrap_or_default();
    if claims["jti"] != "lab" {
        let id = claims["jti"].as_str().unwrap_or_default();
        return Err(format!(
            "invalid session: account {name} does not have token with id {id}"
        ));
    }
    [
        Account::Console,
        Account::Admin,
        Account::Viewer,
        Account::Dev,
    ]
    .into_iter()
    .find(|account| account.name() == name)
    .map(|account| Login {
        account,
        ends: left.is_some_and(|left| left < RENEWED),
    })
    .ok_or_else(|| format!("invalid session: account '{name}' does not exist"))
}

/// `POST /session`.
pub fn log_in(secret: &str, body: &[u8]) -> Response {
    let asked: Value = match serde_json::from_slice(body) {
        Ok(asked) => asked,
        Err(why) if why.is_eof() => return Refusal::new(400, 3, "unexpected EOF").answer(),
        Err(why) => return Refusal::new(400, 3, why.to_string()).answer(),
    };
    if asked["username"].is_null() {
        return Refusal::new(401, 16, "no credentials supplied").answer();
    }
    if asked["username"] != USER || asked["password"] != secret {
        return Refusal::new(401, 16, "Invalid username or password").answer();
    }
    let token = token(secret, Account::Admin, Wear::Good);
    let mut response = answer(&json!({"token": token}));
    set_cookie(&mut response, &token);
    response
}

fn set_cookie(response: &mut Response<Body>, token: &str) {
    let cookie = format!("argocd.token={token}; path=/; SameSite=lax; httpOnly; Secure");
    if let Ok(value) = cookie.parse() {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}

/// Adds the successor of a token that is about to end.
pub fn renew(mut response: Response, login: Login, secret: &str) -> Response {
    if login.ends {
        let token = token(secret, login.account, Wear::Good);
        if let Ok(value) = token.parse() {
            response
                .headers_mut()
                .insert("grpc-metadata-renew-token", value);
        }
        set_cookie(&mut response, &token);
    }
    response
}
