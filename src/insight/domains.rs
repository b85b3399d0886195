//! Which domain an issue is probably about, by its words. A suggestion, never forced.

use super::rules::RuleBase;
use super::summary::Insight;
use crate::domain::Domain;

/// Words of each domain, in lower case. A word ends where its letters end; one with `*` may go on.
const WORDS: &[(Domain, &str)] = &[
    (
        Domain::Linux,
        "linux systemd journald kernel selinux lvm xfs ext4 inode inodes logrotate rhel debian ubuntu oom-killer sshd cron disk filesystem swap fstab mount",
    ),
    (
        Domain::Windows,
        "windows iis gpo winrm eventlog powershell bsod w3wp ntfs wsus hyperv-guest registry dcdiag sysvol netlogon",
    ),
    (
        Domain::Network,
        "dns firewall fortigate cisco aruba bgp ospf vlan switch router vpn ipsec packet loss latency mtu haproxy loadbalancer interface link flapping nat arp stp dhcp",
    ),
    (
        Domain::Kubernetes,
        "kubernetes k8s pod pods kubelet kubectl ingress helm crashloopbackoff namespace deployment replicaset statefulset daemonset configmap istio k3s rke2 rancher openshift oomkilled imagepullbackoff container rollout",
    ),
    (
        Domain::Databases,
        "database postgres postgresql patroni mysql mariadb mssql sqlserver mongodb redis rabbitmq replication deadlock deadlocks query queries sql tablespace vacuum pgbouncer hikari hikaripool pool galera",
    ),
    (
        Domain::Virtualization,
        "vsphere vcenter esxi vmware proxmox hyper-v kvm qemu libvirt vmotion datastore hypervisor snapshot vmdk",
    ),
    (Domain::Hardware, "raid smart ecc dimm thermal fan psu firmware ipmi bmc nvme smartctl mce hardware"),
    (
        Domain::Observability,
        "prometheus grafana elasticsearch opensearch kibana logstash zabbix opentelemetry otel alertmanager loki fluentd slo metrics scrape tracing",
    ),
    (Domain::Telephony, "sip rtp asterisk pbx sbc voip codec codecs trunk freeswitch kamailio voice call calls jitter"),
    (
        Domain::Security,
        "vault pki tls certificate certificates edr cis malware intrusion breach ransomware siem handshake x509 cve",
    ),
    (Domain::PublicSafety, "ng911 nena esinet psap e911 911 cad dispatch psaps ecrf lvf aliquery recorder"),
    (
        Domain::Application,
        "jvm spring tomcat java heap outofmemoryerror nullpointerexception dotnet node nodejs python django gunicorn api checkout http threads memory leak exception stacktrace",
    ),
    (Domain::Automation, "ansible jenkins gitlab terraform pipeline playbook runner ci cd argocd awx puppet chef"),
    (Domain::HpeInfra, "hpe oneview ilo synergy proliant smartarray nimble 3par"),
    (Domain::DellHardware, "dell idrac racadm poweredge perc openmanage omsa"),
    (
        Domain::Identity,
        "keycloak ldap kerberos saml oidc sso sssd login authentication mfa okta boundary krb5 adfs realm",
    ),
];

/// How many words a guess needs when it rests on the logs alone.
const LEAST_HITS: u32 = 2;

/// The domain that the words of a title and description, and the rules that the logs match, speak for.
pub fn suggest_domain(text: &str, insight: Option<&Insight>) -> Option<Domain> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty()).collect();
    let by_rules = insight.map(rule_votes).unwrap_or_default();
    let mut best: Option<(u32, Domain)> = None;
    for (domain, list) in WORDS {
        let told = words.iter().filter(|word| list.split(' ').any(|known| known == **word)).count();
        let from_text = u32::try_from(told).unwrap_or(u32::MAX).saturating_mul(2);
        let from_logs = by_rules.iter().find(|(one, _)| one == domain).map_or(0, |(_, votes)| *votes);
        let votes = from_text.saturating_add(from_logs);
        let enough = from_text > 0 || from_logs >= LEAST_HITS;
        if enough && best.is_none_or(|(most, _)| votes > most) {
            best = Some((votes, *domain));
        }
    }
    best.map(|(_, domain)| domain)
}

/// How many rules of each domain the logs match.
fn rule_votes(insight: &Insight) -> Vec<(Domain, u32)> {
    let base = RuleBase::built_in();
    let mut votes: Vec<(Domain, u32)> = Vec::new();
    for hit in base.hits(insight) {
        let Some(domain) = base.get(hit.rule).and_then(|rule| rule.domain) else { continue };
        match votes.iter_mut().find(|(one, _)| *one == domain) {
            Some((_, count)) => *count += 1,
            None => votes.push((domain, 1)),
        }
    }
    votes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_domain_is_recognized_by_a_typical_title() {
        let cases = [
            ("systemd unit fails after kernel update on Ubuntu", Domain::Linux),
            ("IIS returns 503 on Windows server", Domain::Windows),
            ("BGP session down, packet loss between sites", Domain::Network),
            ("pods in CrashLoopBackOff after rollout", Domain::Kubernetes),
            ("Postgres replication lag and deadlocks", Domain::Databases),
            ("vMotion fails on ESXi, datastore full", Domain::Virtualization),
            ("RAID degraded, SMART errors", Domain::Hardware),
            ("Prometheus scrape gaps in Grafana", Domain::Observability),
            ("SIP trunk: one-way RTP audio", Domain::Telephony),
            ("TLS certificates expired in Vault PKI", Domain::Security),
            ("NG911 calls not delivered to PSAP", Domain::PublicSafety),
            ("Tomcat JVM OutOfMemoryError heap", Domain::Application),
            ("Ansible playbook fails in Jenkins pipeline", Domain::Automation),
            ("HPE OneView loses Synergy iLO", Domain::HpeInfra),
            ("iDRAC on Dell PowerEdge unreachable", Domain::DellHardware),
            ("Keycloak SSO login fails with SAML", Domain::Identity),
        ];
        for (title, domain) in cases {
            assert_eq!(suggest_domain(title, None), Some(domain), "{title}");
        }
        assert_eq!(suggest_domain("something is odd", None), None);
    }
}
