//! This machine: what it has to run a model with, and whether Ollama is on it.
mod gpu;
mod guide;
mod program;

pub use self::guide::{InstallGuide, InstallStep, install_guide};
pub(super) use self::program::{Program, find_program, launch, model_folder};

use crate::domain::Hardware;
use std::path::Path;
use sysinfo::{CpuRefreshKind, DiskRefreshKind, Disks, MemoryRefreshKind, RefreshKind, System};

/// Asks the system. Takes some milliseconds, and more where a driver must be woken.
pub(super) fn hardware() -> Hardware {
    let mut hardware = Hardware { gpus: gpu::all(), ..Hardware::default() };
    let wanted =
        RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()).with_memory(MemoryRefreshKind::nothing().with_ram());
    if let Ok(system) = System::new_with_specifics(wanted) {
        let cpus = system.cpus();
        hardware.cpu = cpus.first().map(|cpu| plain(cpu.brand())).unwrap_or_default();
        hardware.logical_cores = u32::try_from(cpus.len()).ok().filter(|count| *count > 0);
        hardware.memory_total_bytes = Some(system.total_memory()).filter(|bytes| *bytes > 0);
        hardware.memory_free_bytes = Some(system.available_memory()).filter(|bytes| *bytes > 0);
    }
    hardware.physical_cores =
        System::physical_core_count().ok().and_then(|count| u32::try_from(count).ok()).filter(|count| *count > 0);
    if let Some(folder) = model_folder() {
        hardware.disk_free_bytes = disk_free_bytes(&folder);
        hardware.model_folder = Some(folder.display().to_string());
    }
    hardware
}

/// What is free on the disk of a folder, which need not exist yet.
pub(super) fn disk_free_bytes(folder: &Path) -> Option<u64> {
    let existing = folder.ancestors().find_map(|one| one.canonicalize().ok())?;
    let disks = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage()).ok()?;
    let holding = disks.iter().filter(|disk| existing.starts_with(disk.mount_point()));
    holding.max_by_key(|disk| disk.mount_point().as_os_str().len()).map(sysinfo::Disk::available_space)
}

/// Names of processors come with runs of blanks and marks of trade.
fn plain(name: &str) -> String {
    let unmarked = name.replace("(R)", " ").replace("(TM)", " ").replace("(tm)", " ");
    unmarked.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_blanks_and_marks() {
        assert_eq!(plain(" Intel(R) Xeon(R)  CPU @ 2.20GHz "), "Intel Xeon CPU @ 2.20GHz");
    }

    #[test]
    fn this_machine_has_memory_a_processor_and_a_disk() {
        let hardware = hardware();
        assert!(hardware.memory_total_bytes.is_some_and(|bytes| bytes > 100_000_000), "{hardware:?}");
        assert!(hardware.memory_free_bytes <= hardware.memory_total_bytes);
        assert!(hardware.logical_cores.is_some());
    }

    #[test]
    fn a_folder_that_does_not_exist_is_on_the_disk_of_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let (here, below) = (disk_free_bytes(folder.path()), disk_free_bytes(&folder.path().join("a/b")));
        assert_eq!(here.is_some(), below.is_some());
    }
}
