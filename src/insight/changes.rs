//! Words by which lines tell of a change: most incidents follow one.

use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

const WORDS: &[&str] = &[
    "deploy",
    "rollout",
    "rolled out",
    "rolling update",
    "roll back",
    "rollback",
    "upgrade",
    "downgrade",
    "migrating",
    "schema migration",
    "applying migration",
    "applied migration",
    "running migration",
    "alter table",
    "create index",
    "reload",
    "config changed",
    "configuration changed",
    "parameter \"",
    "changed to",
    "feature flag",
    "scaled up",
    "scaled down",
    "scalingreplicaset",
    "helm",
    "restarting",
    "restarted",
    "systemd[1]: started",
    "systemd[1]: stopped",
    "starting application",
    "command=",
    "installed:",
    "install: ",
    "remove: ",
    "purge: ",
    "upgraded:",
    "failover",
    "promoted",
    "certificate renewed",
    "kernel: linux version",
    "%sys-5-config",
    "configured from",
    "terraform",
    "ansible",
];

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(WORDS).ok());

/// Whether a line tells of a change: a deployment, a migration, a configuration, a restart.
pub(super) fn is_change(line: &str) -> bool {
    FINDER.as_ref().is_some_and(|finder| finder.is_match(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_recognized() {
        assert!(is_change("Scaled up replica set checkout-7d9f to 3"));
        assert!(is_change("Migrating schema \"public\" to version 42"));
        assert!(is_change("Install: fontconfig:amd64 (2.14.1-4)"));
        assert!(!is_change("request took 12 ms"));
        assert!(!is_change("Timer migration: 1 hierarchy levels"));
    }
}
