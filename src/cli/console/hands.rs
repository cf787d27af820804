//! Who writes where: the client for what a plan is about.

use crate::{
    cli::{
        Ctx,
        gather::kube_settings,
        others::{argo_settings, proxmox_settings},
    },
    journal::Journal,
    redbutton::{ArgoWriter, Confirmed, DryRun, KubeWriter, Outcome, Plan, PveWriter},
};

/// A client that writes.
pub(super) enum Hand {
    /// To the cluster.
    Kube(Box<KubeWriter>),
    /// To a Proxmox VE installation.
    Pve(PveWriter),
    /// To an Argo CD instance.
    Argo(Box<ArgoWriter>),
}

impl Hand {
    /// The one for a plan.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub(super) async fn of(ctx: &Ctx, plan: &Plan) -> Result<Self, String> {
        let instance = &*plan.apps.instance;
        if plan.verb.is_of_apps() && !instance.is_empty() {
            let one = ctx
                .config
                .argocd
                .iter()
                .find(|one| one.name == instance)
                .ok_or_else(|| format!("{instance} is not configured"))?;
            let writer = ArgoWriter::connect(&argo_settings(one).await?).await?;
            return Ok(Self::Argo(Box::new(writer)));
        }
        let guest = plan
            .targets
            .first()
            .filter(|target| matches!(&*target.object.kind, "lxc" | "qemu"));
        let Some(guest) = guest else {
            let writer = KubeWriter::connect(&kube_settings(ctx))
                .await
                .map_err(|why| why.to_string())?;
            return Ok(Self::Kube(Box::new(writer)));
        };
        let host = &*guest.object.key.namespace;
        // one token per installation: what is chosen together must live together
        if plan
            .targets
            .iter()
            .any(|target| &*target.object.key.namespace != host)
        {
            return Err("the guests live in several installations: choose those of one".into());
        }
        let one = ctx
            .config
            .proxmox
            .iter()
            .find(|one| one.name == host)
            .ok_or_else(|| format!("{host} is not configured"))?;
        PveWriter::connect(&proxmox_settings(one).await?).map(Self::Pve)
    }

    /// Tries a plan without doing it. What is found out on the way is added to it.
    pub(super) async fn preflight(&self, plan: Plan) -> (Plan, DryRun) {
        let said = match self {
            Self::Kube(writer) => writer.dry_run(&plan).await,
            Self::Pve(writer) => writer.dry_run(&plan).await,
            Self::Argo(writer) => return writer.preflight(plan).await,
        };
        (plan, said)
    }

    /// Does what was confirmed, and tells how far it is.
    ///
    /// # Errors
    /// Why nothing was done.
    pub(super) async fn execute(
        &self,
        confirmed: Confirmed,
        journal: &Journal,
        who: &str,
        tell: &(dyn Fn(String) + Send + Sync),
    ) -> Result<Outcome, String> {
        match self {
            Self::Kube(writer) => writer.execute_telling(confirmed, journal, who, tell).await,
            Self::Pve(writer) => writer.execute(confirmed, journal, who, tell).await,
            Self::Argo(writer) => writer.execute(confirmed, journal, who, tell).await,
        }
    }
}
