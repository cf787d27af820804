//! How the lab's Argo CD is reached.

use redbutton::{
    lab::Running,
    sources::argocd::{ArgoSettings, Credentials},
};

/// With a token that may do everything, or only read.
pub fn settings(lab: &Running, reads_only: bool) -> ArgoSettings {
    let (url, fingerprint, token) = lab.argocd(reads_only);
    ArgoSettings {
        name: "gitops".into(),
        url,
        credentials: Credentials::Token(token.into()),
        ca_file: None,
        fingerprint: Some(fingerprint.into()),
        relist: ArgoSettings::RELIST,
    }
}
