//! The audit log: what left the machine, what was changed, and proof that nobody rewrote it.

use super::issue::words;
use jiff::Timestamp;

words! {
    /// What was done.
    AuditAction {
        AiSend = "ai_send", "Sent to a provider";
        AiReceive = "ai_receive", "Answer received";
        ProviderTest = "provider_test", "Provider tested";
        LogImport = "log_import", "Log imported";
        PiiDetect = "pii_detect", "Detection";
        RedactionApply = "redaction_apply", "Redaction applied";
        RedactionOverride = "redaction_override", "Redaction changed by hand";
        DocumentGenerate = "document_generate", "Document generated";
        DocumentExport = "document_export", "Document exported";
        CredentialStore = "credential_store", "Key stored";
        KeyChange = "key_change", "Database key changed";
        SettingsChange = "settings_change", "Settings changed";
        IssueDelete = "issue_delete", "Issue deleted";
        Backup = "backup", "Backed up";
        Restore = "restore", "Back-up restored";
        ModelPull = "model_pull", "Model pulled";
        ModelRemove = "model_remove", "Model deleted";
        ServerStart = "server_start", "Model server started";
        IntegrationConnect = "integration_connect", "Service connected";
        IntegrationDisconnect = "integration_disconnect", "Service disconnected";
        IntegrationTest = "integration_test", "Service tested";
        IntegrationRefresh = "integration_refresh", "Sign-in renewed";
        Publish = "publish", "Document published";
        TicketCreate = "ticket_create", "Ticket created";
        TicketUpdate = "ticket_update", "Ticket updated";
        RemoteSearch = "remote_search", "Searched in a service";
        RemoteRead = "remote_read", "Read from a service";
        NetworkRefused = "network_refused", "Connection refused while offline";
    }
}

/// One row of the audit log. Holds hashes, counts and names; never plaintext of logs or messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Place in the chain, from 1, without gaps.
    pub sequence: i64,
    pub at: Timestamp,
    /// A word of [`AuditAction`]; rows of a later version may hold others.
    pub action: String,
    pub entity_type: String,
    pub entity_id: String,
    /// The account of the operating system.
    pub user: String,
    pub details: serde_json::Value,
    /// SHA-256, in hex, of this row's content and of the previous row's hash.
    pub hash: String,
}

/// Which rows to list, newest first. Empty fields filter nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    pub action: Option<String>,
    pub entity_id: Option<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// 0 means all.
    pub limit: u64,
}

/// What checking the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditVerdict {
    /// Every row is there, unchanged and in order.
    Intact { rows: u64 },
    /// The first row that does not fit, and in what way.
    Broken { sequence: i64, problem: String },
}
