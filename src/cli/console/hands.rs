//! Who writes where: the client for what a plan is about.

use crate::{
    cli::{Ctx, gather::kube_settings, others::proxmox_settings},
    journal::Journal,
    redbutton::{Confirmed, DryRun, KubeWriter, Outcome, Plan, PveWriter},
};

/// A client that writes.
pub(super) enum Hand {
    /// To the cluster.
    Kube(Box<KubeWriter>),
    /// To a Proxmox VE installation.
    Pve(PveWriter),
}

impl Hand {
    /// The one for a plan.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub(super) async fn of(ctx: &Ctx, plan: &Plan) -> Result<Self, String> {
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

    /// Tries a plan without doing it.
    pub(super) async fn dry_run(&self, plan: &Plan) -> DryRun {
        match self {
            Self::Kube(writer) => writer.dry_run(plan).await,
            Self::Pve(writer) => writer.dry_run(plan).await,
        }
    }

    /// Does what was confirmed.
    ///
    /// # Errors
    /// Why nothing was done.
    pub(super) async fn execute(
        &self,
        confirmed: Confirmed,
        journal: &Journal,
        who: &str,
    ) -> Result<Outcome, String> {
        match self {
            Self::Kube(writer) => writer.execute(confirmed, journal, who).await,
            Self::Pve(writer) => writer.execute(confirmed, journal, who).await,
        }
    }
}
