//! File schema, defaults, profiles, validation with line numbers, secret references.

mod load;
mod paths;
mod profiles;
mod schema;
mod secret;
mod template;
mod values;

pub use load::{ConfigError, error_at, load, parse};
pub use paths::{Paths, expand};
pub use profiles::{ProfileError, bundled_profiles, profile};
pub use schema::*;
pub use secret::{SecretError, SecretRef};
pub use template::TEMPLATE;
pub use values::{HttpUrl, Seconds};
