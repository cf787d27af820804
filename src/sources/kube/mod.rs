//! A Kubernetes API server: discovery, watches, metrics, kubelet statistics.
