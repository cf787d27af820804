//! A cluster as files: `oc get -o json|yaml`, must-gather, inspect, and our own captures.
