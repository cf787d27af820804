//! What a user would type to do the same by hand.

use super::Verb;
use crate::domain::{Kind, ObjectRef};

impl Verb {
    /// The command that a user would type.
    #[must_use]
    pub fn command(self, object: &ObjectRef) -> String {
        let (name, ns) = (&object.key.name, &object.key.namespace);
        let short = Kind::parse(&object.kind).map_or_else(
            || object.kind.to_lowercase(),
            |kind| kind.short().to_owned(),
        );
        match self {
            Self::Restart => format!("oc rollout restart {short}/{name} -n {ns}"),
            Self::Scale(replicas) => {
                format!("oc scale {short}/{name} -n {ns} --replicas={replicas}")
            }
            Self::DeletePod | Self::DeleteClaim | Self::DeleteJob => {
                format!("oc delete {short} {name} -n {ns}")
            }
            // the tools evict only as a part of a drain
            Self::Evict => format!(
                "oc create --raw /api/v1/namespaces/{ns}/pods/{name}/eviction -f - <<< '{{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{{\"name\":\"{name}\",\"namespace\":\"{ns}\"}}}}'"
            ),
            Self::Cordon => format!("oc adm cordon {name}"),
            Self::Uncordon => format!("oc adm uncordon {name}"),
            Self::Drain => {
                format!("oc adm drain {name} --ignore-daemonsets --delete-emptydir-data")
            }
            Self::DeleteVolume => format!("oc delete pv {name}"),
            Self::Expand(size) => format!(
                "oc patch pvc {name} -n {ns} -p '{{\"spec\":{{\"resources\":{{\"requests\":{{\"storage\":\"{size}Gi\"}}}}}}}}'"
            ),
            Self::Trigger => {
                format!("oc create job {name}-manual --from=cronjob/{name} -n {ns}")
            }
            Self::Migrate => format!("virtctl migrate {name} -n {ns}"),
            Self::Suspend => {
                format!("oc patch cronjob {name} -n {ns} -p '{{\"spec\":{{\"suspend\":true}}}}'")
            }
            Self::Resume => {
                format!("oc patch cronjob {name} -n {ns} -p '{{\"spec\":{{\"suspend\":false}}}}'")
            }
            Self::Start => format!("virtctl start {name} -n {ns}"),
            Self::Stop => format!("virtctl stop {name} -n {ns}"),
            Self::RestartMachine => format!("virtctl restart {name} -n {ns}"),
            Self::Pause => format!("virtctl pause {short} {name} -n {ns}"),
            Self::Unpause => format!("virtctl unpause {short} {name} -n {ns}"),
            Self::RemoveFinalizers => {
                let place = if ns.is_empty() {
                    String::new()
                } else {
                    format!(" -n {ns}")
                };
                format!(
                    "oc patch {short} {name}{place} --type=merge -p '{{\"metadata\":{{\"finalizers\":null}}}}'"
                )
            }
            // guests have commands of their own, which know their host, and so have applications
            _ => self.words(),
        }
    }
}
