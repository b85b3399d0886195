//! Graphics processors, with what is known of their memory.
//!
//! NVIDIA tells it through the driver's own library, AMD in `/sys`, Windows through DXGI. Of a card of Intel nothing
//! says how much of the memory is its own, so it is not told. What no driver is there for is told by its name alone.

use super::plain;
use crate::domain::{Gpu, GpuVendor};
use std::path::Path;
use sysinfo::Gpus;

pub(super) fn all() -> Vec<Gpu> {
    let mut gpus: Vec<Gpu> = Vec::new();
    if let Ok(found) = Gpus::new_with_refreshed_list() {
        gpus.extend(
            found.iter().filter_map(|gpu| described(gpu.vendor(), gpu.model().unwrap_or_default(), gpu.total_memory())),
        );
    }
    if !gpus.iter().any(|gpu| gpu.vendor == GpuVendor::Nvidia) {
        gpus.extend(without_library(Path::new("/proc/driver/nvidia/gpus")));
    }
    gpus
}

/// `None` for what only draws a screen: the emulated cards of virtual machines and of server boards.
fn described(vendor: Option<&str>, model: &str, memory_bytes: Option<u64>) -> Option<Gpu> {
    let vendor = vendor_of(vendor.unwrap_or_default(), model)?;
    let memory_bytes = memory_bytes.filter(|bytes| *bytes > 0 && vendor != GpuVendor::Intel);
    Some(Gpu { vendor, name: plain(model), memory_bytes, shares_memory: vendor == GpuVendor::Apple })
}

fn vendor_of(vendor: &str, model: &str) -> Option<GpuVendor> {
    let text = format!("{vendor} {model}").to_ascii_lowercase();
    let known = [
        (&["nvidia"][..], GpuVendor::Nvidia),
        (&["amd", "advanced micro devices", "radeon"], GpuVendor::Amd),
        (&["apple"], GpuVendor::Apple),
        (&["intel"], GpuVendor::Intel),
    ];
    known.into_iter().find(|(words, _)| words.iter().any(|word| text.contains(word))).map(|(_, vendor)| vendor)
}

/// The kernel module of NVIDIA names its cards in `…/<bus>/information`, also where its library is not installed.
fn without_library(folder: &Path) -> Vec<Gpu> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let mut cards: Vec<_> = entries.flatten().map(|entry| entry.path().join("information")).collect();
    cards.sort();
    let texts = cards.into_iter().filter_map(|path| std::fs::read_to_string(path).ok());
    texts.filter_map(|text| described(Some("nvidia"), model_line(&text)?, None)).collect()
}

/// `Model: \t\t NVIDIA GeForce RTX 4090`.
fn model_line(information: &str) -> Option<&str> {
    let line = information.lines().find_map(|line| line.strip_prefix("Model:"))?;
    Some(line.trim()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_told_by_maker_and_those_that_only_draw_are_left_out() {
        let cases = [
            (Some("NVIDIA Corporation"), "NVIDIA GeForce RTX 4090", Some(GpuVendor::Nvidia)),
            (Some("Advanced Micro Devices, Inc. [AMD/ATI]"), "Navi 31 [Radeon RX 7900 XTX]", Some(GpuVendor::Amd)),
            (Some("Intel Corporation"), "DG2 [Arc A770]", Some(GpuVendor::Intel)),
            (None, "Apple M2 Pro", Some(GpuVendor::Apple)),
            (Some("Red Hat, Inc."), "Virtio 1.0 GPU", None),
            (Some("ASPEED Technology, Inc."), "ASPEED Graphics Family", None),
            (None, "", None),
        ];
        for (vendor, model, expected) in cases {
            assert_eq!(described(vendor, model, Some(1)).map(|gpu| gpu.vendor), expected, "{model}");
        }
        assert_eq!(described(Some("Intel"), "Arc", Some(16)).unwrap().memory_bytes, None);
        assert_eq!(described(Some("AMD"), "x", Some(0)).unwrap().memory_bytes, None);
        assert!(described(None, "Apple M2", None).unwrap().shares_memory);
    }

    #[test]
    fn a_card_without_its_library_is_named_and_its_memory_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let card = folder.path().join("0000:01:00.0");
        std::fs::create_dir(&card).unwrap();
        let text = "Model: \t\t NVIDIA GeForce RTX 3060\nIRQ:   \t\t 138\nGPU UUID: \t ?\n";
        std::fs::write(card.join("information"), text).unwrap();
        let cards = without_library(folder.path());
        assert_eq!(cards.len(), 1);
        assert_eq!((cards[0].name.as_str(), cards[0].memory_bytes), ("NVIDIA GeForce RTX 3060", None));
        assert_eq!(without_library(&folder.path().join("none")), []);
    }
}
