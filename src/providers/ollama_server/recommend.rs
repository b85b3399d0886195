//! Which models suit a machine, best first, and why. A table and a pure function.

use serde::Deserialize;
use std::sync::LazyLock;

/// What a processor reads for each token, in GB, so that an answer comes about as fast as one reads it: main memory
/// gives some 40 GB/s, and five tokens a second are a reading speed.
const STEADY_GB: f64 = 6.0;

/// Besides the model itself, its own memory must hold the context: a sixth more, and the runtime.
const GPU_SHARE: f64 = 1.15;
const GPU_EXTRA_GB: f64 = 0.7;

/// Besides the model itself, what the smallest system leaves no less of.
const TIGHT_EXTRA_GB: f64 = 1.2;

/// What machines are sold with.
const SOLD_GB: [f64; 17] =
    [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0, 192.0, 256.0, 512.0];

/// What a step down in comfort costs, in points of strength.
const COST_STEADY: i32 = 30;
const COST_SLOW: i32 = 50;
const COST_TIGHT: i32 = 90;

/// A model of the table in `assets/models.toml`, which says what the figures mean.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownModel {
    pub name: String,
    pub size_gb: f64,
    pub needs_gb: f64,
    #[serde(default)]
    active_gb: Option<f64>,
    /// The longest context, in tokens.
    pub context: u32,
    strength: i32,
    pub good_for: String,
}

/// How well a model fits. In order of comfort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Whole in the memory of graphics processors.
    Gpu,
    /// On the processor, about as fast as one reads.
    Steady,
    /// On the processor, at a speed that tries one's patience.
    Slow,
    /// Only with other programs closed.
    Tight,
}

impl Fit {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gpu => "gpu",
            Self::Steady => "steady",
            Self::Slow => "slow",
            Self::Tight => "tight",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Gpu => "Fast",
            Self::Steady => "Good",
            Self::Slow => "Slow",
            Self::Tight => "Tight",
        }
    }

    const fn cost(self) -> i32 {
        match self {
            Self::Gpu => 0,
            Self::Steady => COST_STEADY,
            Self::Slow => COST_SLOW,
            Self::Tight => COST_TIGHT,
        }
    }
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    pub model: KnownModel,
    /// `None` when the memory of the machine is not known.
    pub fit: Option<Fit>,
    /// Why it stands here, in one sentence without a period.
    pub reason: String,
}

#[derive(Deserialize)]
struct Table {
    model: Vec<KnownModel>,
}

/// Empty only if the table that the program carries cannot be read, which a test prevents.
static TABLE: LazyLock<Vec<KnownModel>> = LazyLock::new(|| {
    let table = toml::from_str::<Table>(include_str!("../../../assets/models.toml"));
    table.map(|table| table.model).unwrap_or_default()
});

/// All models of the table.
pub fn known_models() -> &'static [KnownModel] {
    &TABLE
}

/// The download of a model in bytes, if the table has it. A name without a tag means `latest`, which is not in it.
pub fn known_size_bytes(name: &str) -> Option<u64> {
    let found = TABLE.iter().find(|model| model.name == name)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are below 1000 GB and positive")]
    Some((found.size_gb * 1e9) as u64)
}

/// The models for a machine with so much memory, best first. Never empty: whatever the machine has, there is an answer.
pub fn recommend(memory_bytes: Option<u64>, gpu_memory_bytes: Option<u64>) -> Vec<Recommendation> {
    let gpu_gb = gpu_memory_bytes.map_or(0.0, gigabytes);
    let Some(memory_gb) = memory_bytes.map(nominal_gigabytes) else { return unknown_memory(gpu_gb) };
    let mut fitting: Vec<(i32, Recommendation)> = Vec::new();
    for model in known_models() {
        let Some(fit) = fit(model, memory_gb, gpu_gb) else { continue };
        let reason = reason(model, fit, (memory_gb, gpu_gb));
        fitting.push((model.strength - fit.cost(), Recommendation { model: model.clone(), fit: Some(fit), reason }));
    }
    // A stable sort: of two that are alike the smaller one, which stands first in the table, wins.
    fitting.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    if fitting.is_empty() {
        return smallest(memory_gb).into_iter().collect();
    }
    fitting.into_iter().map(|(_, one)| one).collect()
}

fn fit(model: &KnownModel, memory_gb: f64, gpu_gb: f64) -> Option<Fit> {
    if gpu_gb >= model.size_gb * GPU_SHARE + GPU_EXTRA_GB {
        return Some(Fit::Gpu);
    }
    if memory_gb >= model.needs_gb {
        let on_processor = (1.0 - gpu_gb / model.size_gb).clamp(0.0, 1.0);
        let read_gb = model.active_gb.unwrap_or(model.size_gb) * on_processor;
        return Some(if read_gb <= STEADY_GB { Fit::Steady } else { Fit::Slow });
    }
    (memory_gb >= model.size_gb * GPU_SHARE + TIGHT_EXTRA_GB).then_some(Fit::Tight)
}

fn reason(model: &KnownModel, fit: Fit, (memory_gb, gpu_gb): (f64, f64)) -> String {
    let is_mixture = model.active_gb.is_some();
    match fit {
        Fit::Gpu => format!("Fits whole into {} of graphics memory, so it answers fast", in_gb(gpu_gb)),
        Fit::Steady if gpu_gb >= 1.0 && !is_mixture => {
            format!("Partly in {} of graphics memory, the rest on the processor, at a reading speed", in_gb(gpu_gb))
        }
        Fit::Steady if is_mixture => {
            "Uses a small part of itself for each word, so it is quick enough on the processor".to_owned()
        }
        Fit::Steady => format!("Runs on the processor at a reading speed; wants {}", in_gb(model.needs_gb)),
        Fit::Slow if gpu_gb >= 1.0 => {
            format!("Too large for {} of graphics memory, so answers take minutes", in_gb(gpu_gb))
        }
        Fit::Slow => "Fits into memory, but on the processor answers take minutes".to_owned(),
        Fit::Tight => format!(
            "Wants {} and this machine has {}: close other programs first",
            in_gb(model.needs_gb),
            in_gb(memory_gb)
        ),
    }
}

/// Less than the smallest model wants.
fn smallest(memory_gb: f64) -> Option<Recommendation> {
    let model = known_models().first()?.clone();
    let reason = format!(
        "The smallest there is, and even this wants {}; this machine has {}. The built-in guide needs none",
        in_gb(model.needs_gb),
        in_gb(memory_gb)
    );
    Some(Recommendation { model, fit: Some(Fit::Tight), reason })
}

/// From small to large: nothing says where to stop.
fn unknown_memory(gpu_gb: f64) -> Vec<Recommendation> {
    let each = known_models().iter().map(|model| {
        let is_gpu = gpu_gb >= model.size_gb * GPU_SHARE + GPU_EXTRA_GB;
        let fit = is_gpu.then_some(Fit::Gpu);
        let reason = match fit {
            Some(fit) => reason(model, fit, (0.0, gpu_gb)),
            None => format!("Wants {} of memory; how much this machine has is not known", in_gb(model.needs_gb)),
        };
        Recommendation { model: model.clone(), fit, reason }
    });
    let (mut known, unknown): (Vec<_>, Vec<_>) = each.partition(|one| one.fit.is_some());
    known.sort_by_key(|one| std::cmp::Reverse(one.model.strength));
    known.extend(unknown);
    known
}

#[expect(clippy::cast_precision_loss, reason = "memory in GB needs no more than three digits")]
const fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}

/// A machine that is sold with 8 GB reports some hundred MB less, for firmware and graphics, or counts by 1024: what it
/// was sold with is what the table speaks of.
fn nominal_gigabytes(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "memory in GB needs no more than three digits")]
    let binary = bytes as f64 / f64::from(1 << 30);
    let sold = SOLD_GB.into_iter().find(|size| binary <= *size && binary >= size * 0.93);
    sold.unwrap_or(binary)
}

/// `10 GB`, `1.5 GB`.
fn in_gb(amount: f64) -> String {
    let rounded = (amount * 10.0).round() / 10.0;
    format!("{rounded} GB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GIB: u64 = 1 << 30;

    fn best(memory: u64, gpu: Option<u64>) -> (String, Fit) {
        let first = recommend(Some(memory * GIB), gpu.map(|gpu| gpu * 1_000_000_000)).remove(0);
        (first.model.name, first.fit.unwrap())
    }

    #[test]
    fn the_table_is_in_order_and_complete() {
        let table: Table = toml::from_str(include_str!("../../../assets/models.toml")).unwrap();
        assert!(table.model.iter().map(|model| model.size_gb).is_sorted(), "by size");
        for model in &table.model {
            assert!(model.needs_gb > model.size_gb, "{}", model.name);
            assert!(crate::domain::ModelId::parse(&model.name).is_some(), "{}", model.name);
            assert!((0..=100).contains(&model.strength) && model.context >= 4096, "{}", model.name);
            assert!(model.active_gb.is_none_or(|active| active < model.size_gb), "{}", model.name);
        }
        for (name, size_gb, needs_gb) in [
            ("llama3.2:1b", 1.3, 4.0),
            ("llama3.2:3b", 2.0, 6.0),
            ("phi3.5:3.8b", 2.2, 6.0),
            ("llama3.1:8b", 4.7, 10.0),
            ("qwen2.5:14b", 9.0, 16.0),
            ("llama3.1:70b", 40.0, 48.0),
        ] {
            let found = table.model.iter().find(|model| model.name == name).unwrap();
            assert!((found.size_gb - size_gb).abs() < 1e-9 && (found.needs_gb - needs_gb).abs() < 1e-9, "{name}");
        }
        assert_eq!(known_size_bytes("llama3.1:8b"), Some(4_700_000_000));
        assert_eq!(known_size_bytes("llama3.1"), None);
    }

    #[test]
    fn machines_of_all_sizes_get_what_suits_them() {
        use Fit::{Gpu, Steady};
        for (memory, gpu, name, fit) in [
            (2, None, "qwen3:0.6b", Steady),
            (4, None, "qwen3:1.7b", Steady),
            (8, None, "qwen3:4b", Steady),
            (16, None, "qwen3:8b", Steady),
            (32, None, "qwen3:30b", Steady),
            (44, None, "qwen3:30b", Steady),
            (64, None, "qwen3:30b", Steady),
            (256, None, "gpt-oss:120b", Steady),
            (8, Some(4), "qwen3:4b", Gpu),
            (16, Some(8), "qwen3:8b", Gpu),
            (32, Some(12), "qwen3:14b", Gpu),
            (44, Some(24), "qwen3:32b", Gpu),
            (64, Some(48), "llama3.1:70b", Gpu),
            (256, Some(80), "gpt-oss:120b", Gpu),
            (2, Some(24), "qwen3:32b", Gpu),
        ] {
            assert_eq!(best(memory, gpu), (name.to_owned(), fit), "{memory} GB, graphics {gpu:?}");
        }
    }

    #[test]
    fn what_a_machine_reports_is_taken_for_what_it_was_sold_with() {
        // In bytes: 8 and 64 GB, of which firmware keeps some; then what was never sold so.
        assert!((nominal_gigabytes(8_165_000_000) - 8.0).abs() < 1e-9);
        assert!((nominal_gigabytes(67_300_000_000) - 64.0).abs() < 1e-9);
        assert!((nominal_gigabytes(44 * GIB) - 44.0).abs() < 1e-9);
    }

    #[test]
    fn an_unknown_memory_is_said_and_the_list_begins_with_the_smallest() {
        let all = recommend(None, None);
        assert_eq!(all.len(), known_models().len());
        assert_eq!(all[0].model.name, "smollm2:135m");
        assert!(all.iter().all(|one| one.fit.is_none() && one.reason.contains("not known")));
        let with_card = recommend(None, Some(8_000_000_000));
        assert_eq!((with_card[0].model.name.as_str(), with_card[0].fit), ("qwen3:8b", Some(Fit::Gpu)));
    }

    proptest! {
        #[test]
        fn any_machine_gets_an_answer_that_fits_and_more_memory_is_never_worse(
            memory in 1_u64..=512,
            more in 0_u64..=64,
            gpu in prop::option::of(1_u64..=96),
        ) {
            let gpu_bytes = gpu.map(|gb| gb * 1_000_000_000);
            let all = recommend(Some(memory * GIB), gpu_bytes);
            prop_assert!(!all.is_empty());
            let first = &all[0];
            prop_assert!(first.fit.is_some_and(|fit| fit < Fit::Tight), "{} GB: {:?}", memory, first);
            for one in &all {
                let fits_gpu = gpu_bytes.is_some_and(|bytes| gigabytes(bytes) > one.model.size_gb);
                prop_assert!(fits_gpu || gigabytes(memory * GIB) > one.model.size_gb, "{} GB: {}", memory, one.model.name);
                prop_assert!(!one.reason.is_empty() && !one.reason.ends_with('.'));
            }
            let score = |one: &Recommendation| one.model.strength - one.fit.map_or(0, Fit::cost);
            let larger = recommend(Some((memory + more) * GIB), gpu_bytes);
            prop_assert!(score(&larger[0]) >= score(first));
            prop_assert!(all.windows(2).all(|pair| score(&pair[0]) >= score(&pair[1])));
        }

        #[test]
        fn less_than_any_model_wants_still_gets_a_word(bytes in 0_u64..GIB) {
            prop_assert!(!recommend(Some(bytes), None).is_empty());
        }
    }
}
