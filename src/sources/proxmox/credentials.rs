//! Who the console is to Proxmox VE: a token, or a user whose ticket lasts two hours.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::Instant;

/// A ticket is exchanged for a new one at half of its life.
const RENEW: Duration = Duration::from_secs(3600);
/// What a ticket needs beside itself to change anything.
const CSRF: HeaderName = HeaderName::from_static("csrfpreventiontoken");

/// How to log in.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// An API token.
    Token {
        /// `user@realm!token`.
        id: String,
        /// Its secret.
        secret: SecretString,
    },
    /// A user's ticket.
    Password {
        /// `user@realm`.
        username: String,
        /// Password.
        password: SecretString,
    },
}

impl Credentials {
    /// The header of a token; a user has none before the login.
    fn token_header(&self) -> Option<SecretString> {
        match self {
            Self::Token { id, secret } => {
                Some(format!("PVEAPIToken={id}={}", secret.expose_secret()).into())
            }
            Self::Password { .. } => None,
        }
    }
}

/// A ticket.
#[derive(Clone)]
struct Ticket {
    cookie: SecretString,
    /// Its second half, for calls that change something.
    csrf: SecretString,
    since: Instant,
}

/// Credentials with the ticket that they brought.
pub(crate) struct Login {
    credentials: Credentials,
    ticket: Mutex<Option<Ticket>>,
}

impl Login {
    pub(crate) fn new(credentials: &Credentials) -> Self {
        Self {
            credentials: credentials.clone(),
            ticket: Mutex::default(),
        }
    }

    fn held(&self) -> Option<Ticket> {
        self.ticket
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, ticket: Option<Ticket>) {
        *self.ticket.lock().unwrap_or_else(PoisonError::into_inner) = ticket;
    }

    /// Whether a ticket is held, which may be refused at any time: a new one may not.
    pub(crate) fn is_by_ticket(&self) -> bool {
        self.held().is_some()
    }

    /// Forgets a ticket that was refused.
    pub(crate) fn forget(&self) {
        self.keep(None);
    }

    /// What to log in with before the next call: nothing for tokens and for a ticket that is young.
    /// An old ticket serves as the password of its successor.
    pub(crate) fn due(&self, now: Instant) -> Option<(String, SecretString)> {
        let Credentials::Password { username, password } = &self.credentials else {
            return None;
        };
        match self.held() {
            None => Some((username.clone(), password.clone())),
            Some(ticket) if now.duration_since(ticket.since) > RENEW => {
                Some((username.clone(), ticket.cookie))
            }
            Some(_) => None,
        }
    }

    /// Takes the answer of a login. Says what is wrong with it.
    pub(crate) fn take(&self, answer: &Value) -> Result<(), &'static str> {
        if answer["NeedTFA"].as_i64() == Some(1) {
            return Err("this user has a second factor: make an API token for the console");
        }
        let part = |name: &str| answer[name].as_str().map(|text| text.to_owned().into());
        let ticket = part("ticket").zip(part("CSRFPreventionToken"));
        let (cookie, csrf) = ticket.ok_or("the login's answer holds no ticket")?;
        self.keep(Some(Ticket {
            cookie,
            csrf,
            since: Instant::now(),
        }));
        Ok(())
    }

    /// The headers of a call; never both a cookie and a token, since the cookie would win.
    pub(crate) fn headers(&self, writes: bool) -> HeaderMap {
        let mut out = HeaderMap::new();
        if let Some(token) = self.credentials.token_header() {
            insert(&mut out, AUTHORIZATION, token.expose_secret());
        } else if let Some(ticket) = self.held() {
            let value: String =
                url::form_urlencoded::byte_serialize(ticket.cookie.expose_secret().as_bytes())
                    .collect();
            insert(&mut out, COOKIE, &format!("PVEAuthCookie={value}"));
            if writes {
                insert(&mut out, CSRF, ticket.csrf.expose_secret());
            }
        }
        out
    }
}

/// A value that cannot stand in a header is left out: the server then says that nobody is logged in.
fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(mut value) = HeaderValue::from_str(value) {
        value.set_sensitive(true);
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_ticket_is_a_cookie_and_writes_need_its_second_half() {
        let login = Login::new(&Credentials::Password {
            username: "root@pam".into(),
            password: "secret".to_owned().into(),
        });
        assert!(login.headers(false).is_empty());
        assert_eq!(
            login.due(Instant::now()).unwrap().1.expose_secret(),
            "secret"
        );
        login
            .take(&json!({"ticket": "PVE:root@pam:6B::c2l+nZw==", "CSRFPreventionToken": "6B:x"}))
            .unwrap();
        assert!(login.due(Instant::now()).is_none());
        let cookie = login.headers(false)[COOKIE].clone();
        assert_eq!(
            cookie,
            "PVEAuthCookie=PVE%3Aroot%40pam%3A6B%3A%3Ac2l%2BnZw%3D%3D"
        );
        assert!(!login.headers(false).contains_key(CSRF));
        assert_eq!(login.headers(true)[CSRF], "6B:x");
        assert!(
            login
                .take(&json!({"NeedTFA": 1, "ticket": "PVE:!tfa!x"}))
                .is_err()
        );
    }

    #[test]
    fn an_old_ticket_is_the_password_of_the_next_one() {
        let login = Login::new(&Credentials::Password {
            username: "root@pam".into(),
            password: "secret".to_owned().into(),
        });
        login
            .take(&json!({"ticket": "PVE:first", "CSRFPreventionToken": "6B:x"}))
            .unwrap();
        let later = Instant::now() + RENEW * 2;
        assert_eq!(login.due(later).unwrap().1.expose_secret(), "PVE:first");
        login.forget();
        assert_eq!(
            login.due(Instant::now()).unwrap().1.expose_secret(),
            "secret"
        );
    }
}
