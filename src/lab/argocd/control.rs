//! What tests and demonstrations do to Git and to the projects: `/lab/argocd/…`, for admins only.

use super::{
    NAMESPACE,
    git::{at, retag},
};
use crate::lab::world::World;

/// Does it; says whether there is such a thing.
pub fn control(world: &World, method: &str, path: &[&str], manual: bool) -> bool {
    let app = |name: &str| (NAMESPACE.to_owned(), name.to_owned());
    match (method, path) {
        // Git names a resource no more
        ("POST", ["drop", name, kind, object]) => world.git.push(&app(name), |items| {
            items.retain(|item| {
                let (held, _, called) = at(&item.entry);
                (held, called) != (*kind, *object)
            });
        }),
        // Git names another image for a workload
        ("POST", ["image", name, object, tag]) => world.git.push(&app(name), |items| {
            for item in items.iter_mut().filter(|item| item.at().2 == *object) {
                retag(&mut item.manifest, tag);
            }
        }),
        ("POST", ["window", project]) => {
            world.git.deny(project, manual);
            true
        }
        ("DELETE", ["window", project]) => {
            world.git.allow(project);
            true
        }
        ("POST" | "DELETE", ["hook", name]) => {
            world.git.hold(name, method == "POST");
            true
        }
        _ => false,
    }
}
