//! What the seed's lab is made of: workloads, claims and applications, as the tables in `assets/lab`
//! have them.

/// A workload.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Namespace.
    pub namespace: &'static str,
    /// Name.
    pub name: &'static str,
    /// `Deployment`, `StatefulSet` or `DaemonSet`.
    pub kind: &'static str,
    /// Image.
    pub image: &'static str,
    /// Replicas.
    pub replicas: u32,
    /// CPU request, millicores.
    pub cpu: u32,
    /// Memory request, MiB.
    pub memory: u32,
    /// Memory limit, MiB.
    pub limit: u32,
    /// Claim that it mounts, and where.
    pub claim: Option<(&'static str, &'static str)>,
    words: &'static str,
}

/// A claim.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    /// Namespace.
    pub namespace: &'static str,
    /// Name.
    pub name: &'static str,
    /// Storage class.
    pub class: &'static str,
    /// Access mode.
    pub mode: &'static str,
    /// Size.
    pub size: &'static str,
    /// Used, in percent.
    pub fill: u32,
    words: &'static str,
}

/// An application of Argo CD.
#[derive(Clone, Debug)]
pub struct Managed {
    /// Name.
    pub name: &'static str,
    /// Namespace of what it manages.
    pub namespace: &'static str,
    /// Path in Git.
    pub path: &'static str,
    /// Group, kind and name of what it manages.
    pub resources: Vec<(&'static str, &'static str, &'static str)>,
    words: &'static str,
}

fn says(words: &str, wanted: &str) -> bool {
    words.split(',').any(|word| word == wanted)
}

impl Load {
    /// Came only just before the bad hour.
    pub fn is_late(&self) -> bool {
        says(self.words, "late")
    }

    /// Mounts cloud storage by containers beside its own.
    pub fn has_mounts(&self) -> bool {
        says(self.words, "rclone")
    }

    /// The links that its blade has to have.
    pub fn links(&self) -> Option<&'static str> {
        ["10g", "1g"]
            .into_iter()
            .find(|links| says(self.words, links))
    }

    /// Is a kubelet's own pod: named after its blade.
    pub fn is_static(&self) -> bool {
        says(self.words, "static")
    }
}

impl Store {
    /// A share that no class made.
    pub const fn of_share(namespace: &'static str, name: &'static str, size: &'static str) -> Self {
        Self {
            namespace,
            name,
            class: "",
            mode: "ReadWriteMany",
            size,
            fill: 0,
            words: "",
        }
    }

    /// Made only just before the bad hour.
    pub fn is_late(&self) -> bool {
        says(self.words, "late")
    }
}

impl Managed {
    /// Syncs by hand only.
    pub fn is_manual(&self) -> bool {
        says(self.words, "manual")
    }
}

const WORKLOADS: &str = include_str!("../../assets/lab/workloads.txt");
const CLAIMS: &str = include_str!("../../assets/lab/claims.txt");
const APPS: &str = include_str!("../../assets/lab/apps.txt");

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split_whitespace().collect())
}

fn load(row: &[&'static str]) -> Option<Load> {
    let [
        namespace,
        name,
        kind,
        image,
        replicas,
        cpu,
        memory,
        limit,
        claim,
        words,
    ] = row
    else {
        return None;
    };
    Some(Load {
        namespace,
        name,
        kind,
        image,
        replicas: replicas.parse().ok()?,
        cpu: cpu.parse().ok()?,
        memory: memory.parse().ok()?,
        limit: limit.parse().ok()?,
        claim: claim.split_once(':'),
        words,
    })
}

fn store(row: &[&'static str]) -> Option<Store> {
    let [namespace, name, class, mode, size, fill, words] = row else {
        return None;
    };
    Some(Store {
        namespace,
        name,
        class,
        mode,
        size,
        fill: fill.parse().ok()?,
        words,
    })
}

fn managed(row: &[&'static str]) -> Option<Managed> {
    let [name, namespace, path, words, resources @ ..] = row else {
        return None;
    };
    let resources = resources
        .iter()
        .map(|one| {
            let (group, rest) = one.split_once('/')?;
            let (kind, name) = rest.split_once('/')?;
            Some((group, kind, name))
        })
        .collect::<Option<_>>()?;
    Some(Managed {
        name,
        namespace,
        path,
        resources,
        words,
    })
}

/// All workloads.
pub fn workloads() -> Vec<Load> {
    rows(WORKLOADS).filter_map(|row| load(&row)).collect()
}

/// All claims.
pub fn claims() -> Vec<Store> {
    rows(CLAIMS).filter_map(|row| store(&row)).collect()
}

/// All applications.
pub fn apps() -> Vec<Managed> {
    rows(APPS).filter_map(|row| managed(&row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_is_read_and_what_it_names_is_there() {
        let (loads, claims, apps) = (workloads(), claims(), apps());
        assert_eq!(loads.len(), rows(WORKLOADS).count());
        assert_eq!(claims.len(), rows(CLAIMS).count());
        assert_eq!(apps.len(), rows(APPS).count());
        for load in &loads {
            let claimed = load.claim.is_none_or(|(wanted, _)| {
                claims
                    .iter()
                    .any(|claim| claim.namespace == load.namespace && claim.name == wanted)
            });
            assert!(claimed, "{load:?}");
        }
        for app in &apps {
            for (group, _, name) in app.resources.iter().filter(|one| one.0 == "apps") {
                let runs = loads
                    .iter()
                    .any(|load| load.namespace == app.namespace && load.name == *name);
                assert!(runs, "{}: {group} {name}", app.name);
            }
        }
    }
}
