//! What a machine has to run a model with. What is not known is `None`: it is never guessed.

use super::issue::words;

words! {
    /// Who made a graphics processor.
    GpuVendor {
        Nvidia = "nvidia", "NVIDIA";
        Amd = "amd", "AMD";
        Intel = "intel", "Intel";
        Apple = "apple", "Apple";
        Other = "other", "Other";
    }
}

/// A graphics processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gpu {
    pub vendor: GpuVendor,
    /// Empty when it is not known.
    pub name: String,
    /// Of its own, in bytes; `None` when it is not known or when it has none.
    pub memory_bytes: Option<u64>,
    /// Whether it works in the machine's main memory.
    pub shares_memory: bool,
}

/// What this machine has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hardware {
    /// Empty when it is not known.
    pub cpu: String,
    pub physical_cores: Option<u32>,
    pub logical_cores: Option<u32>,
    pub memory_total_bytes: Option<u64>,
    /// What programs may still take.
    pub memory_free_bytes: Option<u64>,
    pub gpus: Vec<Gpu>,
    /// Where models are kept, and how much room there is.
    pub model_folder: Option<String>,
    pub disk_free_bytes: Option<u64>,
}

impl Hardware {
    /// Memory in which a model can be computed by graphics processors, in bytes.
    ///
    /// Several cards of one maker count together: a model is spread over them. Those of Intel do not count: Ollama
    /// computes on the processor there. A chip of Apple gives programs two thirds of the main memory, three quarters
    /// from 64 GB up.
    pub fn gpu_memory_bytes(&self) -> Option<u64> {
        let own = |vendor: GpuVendor| {
            let cards = self.gpus.iter().filter(|gpu| gpu.vendor == vendor);
            cards.filter_map(|gpu| gpu.memory_bytes).sum::<u64>()
        };
        let shared = self.gpus.iter().any(|gpu| gpu.vendor == GpuVendor::Apple && gpu.shares_memory);
        let of_main = self
            .memory_total_bytes
            .filter(|_| shared)
            .map_or(0, |total| if total > 48_000_000_000 { total / 4 * 3 } else { total / 3 * 2 });
        let most = own(GpuVendor::Nvidia).max(own(GpuVendor::Amd)).max(of_main);
        (most > 0).then_some(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: u64 = 1_000_000_000;

    fn gpu(vendor: GpuVendor, memory_gb: Option<u64>) -> Gpu {
        Gpu { vendor, name: String::new(), memory_bytes: memory_gb.map(|gb| gb * GB), shares_memory: false }
    }

    #[test]
    fn memory_for_models_is_what_one_maker_s_cards_have_together() {
        use GpuVendor::{Amd, Apple, Intel, Nvidia};
        let cases: &[(&[Gpu], Option<u64>)] = &[
            (&[], None),
            (&[gpu(Nvidia, None)], None),
            (&[gpu(Nvidia, Some(24)), gpu(Nvidia, Some(24))], Some(48)),
            (&[gpu(Nvidia, Some(8)), gpu(Amd, Some(16))], Some(16)),
            (&[gpu(Intel, Some(16))], None),
            (&[Gpu { shares_memory: true, ..gpu(Apple, None) }], Some(24)),
        ];
        for (gpus, expected) in cases {
            let hardware = Hardware { gpus: gpus.to_vec(), memory_total_bytes: Some(36 * GB), ..Hardware::default() };
            assert_eq!(hardware.gpu_memory_bytes(), expected.map(|gb| gb * GB), "{gpus:?}");
        }
    }
}
