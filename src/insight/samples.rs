//! Three incidents with logs written for this program: to try it, and to test it against.
//!
//! Every name, address and secret in them is invented.

use crate::domain::{Domain, Severity};

/// One incident to try.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// A short name without spaces, for the command line.
    pub name: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub domain: Domain,
    pub severity: Severity,
    /// RFC 3339, UTC.
    pub started_at: &'static str,
    /// File names and texts.
    pub files: &'static [(&'static str, &'static str)],
}

macro_rules! log {
    ($folder:literal, $name:literal) => {
        ($name, include_str!(concat!("../../assets/samples/", $folder, "/", $name)))
    };
}

/// The samples; `issue.toml` beside their logs says the same, for people.
pub const ALL: &[Sample] = &[
    Sample {
        name: "postgres-pool",
        title: "Checkout fails with 503, orders cannot be placed",
        description: "Since about 09:42 UTC most checkouts end with HTTP 503 after half a minute. Browsing works.\n\
                      The shop team sees errors about the database connection pool. Support has 40 tickets.\n",
        domain: Domain::Databases,
        severity: Severity::P1,
        started_at: "2026-11-18T09:42:00Z",
        files: &[log!("postgres-pool", "shop-app.log"), log!("postgres-pool", "postgresql.log")],
    },
    Sample {
        name: "kubernetes-rollout",
        title: "Payments API unavailable: pods crash since this afternoon",
        description: "Payments answers 503 at the ingress since 14:07 UTC. kubectl shows the pods of payments-api in \
                      CrashLoopBackOff.\nNobody is aware of an infrastructure problem.\n",
        domain: Domain::Kubernetes,
        severity: Severity::P1,
        started_at: "2026-11-20T14:07:00Z",
        files: &[
            log!("kubernetes-rollout", "ingress.log"),
            log!("kubernetes-rollout", "events.log"),
            log!("kubernetes-rollout", "payments-api.log"),
        ],
    },
    Sample {
        name: "linux-disk",
        title: "Uploads fail on web-03, pages answer 500",
        description: "Customers cannot upload documents since about 03:20 UTC; some pages answer 500. The machine \
                      answers to ping.\nMonitoring raised a disk warning during the night.\n",
        domain: Domain::Linux,
        severity: Severity::P2,
        started_at: "2026-11-21T03:20:00Z",
        files: &[
            log!("linux-disk", "nginx-error.log"),
            log!("linux-disk", "syslog.log"),
            log!("linux-disk", "disk-usage.txt"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn the_table_says_what_the_files_say() {
        for sample in ALL {
            let path = format!("{}/assets/samples/{}/issue.toml", env!("CARGO_MANIFEST_DIR"), sample.name);
            let issue: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
            let told = |key: &str| issue[key].as_str().unwrap();
            assert_eq!(told("title"), sample.title);
            assert_eq!(told("description"), sample.description);
            assert_eq!(told("domain"), sample.domain.as_str());
            assert_eq!(told("severity"), sample.severity.as_str());
            assert_eq!(told("started_at"), sample.started_at);
            assert!(sample.started_at.parse::<Timestamp>().is_ok());
        }
    }
}
