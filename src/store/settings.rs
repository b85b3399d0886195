//! Settings as rows of key and value.
//!
//! Rows of a later version are left alone, and a value that cannot be read counts as not set.

use super::columns::seconds;
use super::{Database, StoreError};
use crate::domain::{
    Density, Domain, MAX_OWN_PROMPT_BYTES, Origin, Paper, PiiKind, RedactionOff, Settings, Strictness, ThemeChoice,
    Unredacted,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::str::FromStr;

impl Database {
    pub fn settings(&self) -> Result<Settings, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT key, value FROM settings")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(read(&Rows(rows.collect::<Result<_, _>>()?)))
    }

    /// Keeps all settings, or refuses all.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        settings.validate()?;
        let now = seconds(Timestamp::now());
        self.transaction(|db| {
            let mut statement = db.connection.prepare_cached(
                "INSERT INTO settings (key, value, updated_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
                 WHERE value <> excluded.value",
            )?;
            for (key, value) in write(settings) {
                statement.execute([key, &value, &now])?;
            }
            Ok(())
        })
    }
}

fn write(settings: &Settings) -> Vec<(&'static str, String)> {
    let kinds_off: Vec<_> = settings.kinds_off.iter().map(|kind| kind.as_str()).collect();
    let path = |path: &Option<PathBuf>| path.as_deref().map(Path::to_string_lossy).unwrap_or_default().into_owned();
    vec![
        ("theme", settings.theme.as_str().to_owned()),
        ("zoom", settings.zoom.to_string()),
        ("density", settings.density.as_str().to_owned()),
        ("rail_collapsed", settings.rail_collapsed.to_string()),
        ("strictness", settings.strictness.as_str().to_owned()),
        ("kinds_off", kinds_off.join(",")),
        ("redact_reserved_addresses", settings.redact_reserved_addresses.to_string()),
        ("redaction_off", settings.redaction_off.iter().map(off_word).collect::<Vec<_>>().join(" ")),
        ("offline", settings.offline.to_string()),
        ("default_provider", settings.default_provider.to_string()),
        ("disclaimer_accepted", settings.disclaimer_accepted.to_string()),
        ("export_folder", path(&settings.export_folder)),
        ("paper", settings.paper.as_str().to_owned()),
        ("lock_after_minutes", settings.lock_after_minutes.map(|minutes| minutes.to_string()).unwrap_or_default()),
        ("extra_ca_file", path(&settings.extra_ca_file)),
        ("ollama_url", settings.ollama_url.clone()),
        ("own_prompts", prompts_to_json(&settings.own_prompts)),
    ]
}

fn read(rows: &Rows) -> Settings {
    let default = Settings::default();
    Settings {
        theme: rows.word("theme", ThemeChoice::parse).unwrap_or(default.theme),
        zoom: rows.value("zoom").filter(|zoom| (0.75..=2.0).contains(zoom)).unwrap_or(default.zoom),
        density: rows.word("density", Density::parse).unwrap_or(default.density),
        rail_collapsed: rows.value("rail_collapsed").unwrap_or(default.rail_collapsed),
        strictness: rows.word("strictness", Strictness::parse).unwrap_or(default.strictness),
        kinds_off: rows.kinds_off(),
        redact_reserved_addresses: rows.value("redact_reserved_addresses").unwrap_or(default.redact_reserved_addresses),
        redaction_off: rows.redaction_off(),
        offline: rows.value("offline").unwrap_or(default.offline),
        default_provider: rows.value("default_provider").unwrap_or(default.default_provider),
        disclaimer_accepted: rows.value("disclaimer_accepted").unwrap_or(default.disclaimer_accepted),
        export_folder: rows.path("export_folder"),
        paper: rows.word("paper", Paper::parse).unwrap_or(default.paper),
        lock_after_minutes: rows.value("lock_after_minutes").filter(|minutes| *minutes > 0),
        extra_ca_file: rows.path("extra_ca_file"),
        ollama_url: rows
            .text("ollama_url")
            .filter(|url| Origin::of(url).is_ok())
            .map_or(default.ollama_url, str::to_owned),
        own_prompts: rows.own_prompts(),
    }
}

fn prompts_to_json(prompts: &BTreeMap<Domain, Unredacted>) -> String {
    let words: BTreeMap<_, _> = prompts.iter().map(|(domain, text)| (domain.as_str(), text.expose())).collect();
    serde_json::to_string(&words).unwrap_or_default()
}

fn off_word(off: &RedactionOff) -> String {
    format!("{}={}", off.provider, off.origin)
}

/// The values by key.
struct Rows(HashMap<String, String>);

impl Rows {
    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    fn value<T: FromStr>(&self, key: &str) -> Option<T> {
        self.text(key)?.parse().ok()
    }

    fn word<T>(&self, key: &str, parse: fn(&str) -> Option<T>) -> Option<T> {
        parse(self.text(key)?)
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        self.text(key).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    /// A row cannot switch redaction off for another machine, whatever it says.
    fn redaction_off(&self) -> Vec<RedactionOff> {
        let read = |word: &str| {
            let (provider, origin) = word.split_once('=')?;
            let is_here = Origin::of(origin).is_ok_and(|origin| origin.is_loopback());
            is_here.then_some(RedactionOff { provider: provider.parse().ok()?, origin: origin.to_owned() })
        };
        self.text("redaction_off").unwrap_or_default().split_whitespace().filter_map(read).collect()
    }

    /// Those of domains that a later version knows are left out.
    fn own_prompts(&self) -> BTreeMap<Domain, Unredacted> {
        let texts: BTreeMap<String, String> =
            self.text("own_prompts").and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        let short = texts.into_iter().filter(|(_, text)| text.len() <= MAX_OWN_PROMPT_BYTES);
        short.filter_map(|(domain, text)| Some((Domain::parse(&domain)?, text.into()))).collect()
    }

    /// Kinds of secrets cannot be off, whatever the row says.
    fn kinds_off(&self) -> Vec<PiiKind> {
        let words = self.text("kinds_off").unwrap_or_default().split(',');
        words.filter_map(PiiKind::parse).filter(|kind| !kind.is_secret()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(pairs: &[(&str, &str)]) -> Rows {
        Rows(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_value_that_cannot_be_read_counts_as_not_set() {
        let read = read(&rows(&[("theme", "pink"), ("zoom", "NaN"), ("offline", "perhaps"), ("of_tomorrow", "1")]));
        assert_eq!(read, Settings::default());
    }

    #[test]
    fn a_row_cannot_switch_redaction_off_for_another_machine() {
        let provider = crate::domain::ProviderId::new();
        let row = format!("{provider}=http://localhost:1 {provider}=https://api.example.com nonsense");
        let read = read(&rows(&[("redaction_off", &row)]));
        assert_eq!(read.redaction_off, [RedactionOff { provider, origin: "http://localhost:1".to_owned() }]);
        assert_eq!(
            read.redaction_off.iter().map(off_word).collect::<Vec<_>>(),
            [format!("{provider}=http://localhost:1")]
        );
    }

    #[test]
    fn instructions_of_ones_own_are_read_as_they_were_written() {
        let mut settings = Settings::default();
        for domain in Domain::ALL {
            settings.set_own_prompt(*domain, &format!("# {}\n\"ask\"", domain.as_str()), "");
        }
        let text = prompts_to_json(&settings.own_prompts);
        assert_eq!(read(&rows(&[("own_prompts", &text)])), settings);
        assert_eq!(read(&rows(&[("own_prompts", r#"{"astrology": "x"}"#)])), Settings::default());
    }

    #[test]
    fn a_row_cannot_switch_secrets_off() {
        let read = read(&rows(&[("kinds_off", "Password,Email,Nothing")]));
        assert_eq!(read.kinds_off, [PiiKind::Email]);
    }
}
