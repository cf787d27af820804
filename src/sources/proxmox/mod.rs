//! Proxmox VE hosts and clusters.
