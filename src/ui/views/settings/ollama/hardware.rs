//! What this machine has. What is not known says so.

use super::caption;
use crate::domain::{Gpu, Hardware};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::theme::{Tokens, Type};
use crate::ui::widgets::{Pressed, card, error_panel, skeleton, text};
use egui::{Align, Layout, Ui};

const UNKNOWN: &str = "not known";

pub(super) fn ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    let machine = &cx.state.ollama_page.machine;
    if let Some(failure) = machine.failure()
        && error_panel(ui, tokens, failure) == Pressed::CopyDetails
    {
        cx.copy(failure.details.clone());
    }
    card(ui, tokens, |ui| {
        ui.set_width(ui.available_width());
        match machine.value() {
            Some(machine) => rows(&machine.hardware).iter().for_each(|row| row_ui(ui, tokens, row)),
            None => skeleton(ui, tokens, 4),
        }
    });
}

fn row_ui(ui: &mut Ui, tokens: &Tokens, (name, value): &(&str, String)) {
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(egui::vec2(112.0, 18.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(112.0);
            caption(ui, tokens, name);
        });
        text(ui, value, Type::Body, tokens.text);
    });
}

fn rows(hardware: &Hardware) -> Vec<(&'static str, String)> {
    let size = |bytes: Option<u64>| bytes.map_or_else(|| UNKNOWN.to_owned(), format::size);
    let cores = match (hardware.physical_cores, hardware.logical_cores) {
        (Some(physical), Some(logical)) if physical != logical => format!("{physical} cores, {logical} threads"),
        (Some(count), _) | (None, Some(count)) => format!("{count} cores"),
        (None, None) => UNKNOWN.to_owned(),
    };
    let cpu = if hardware.cpu.is_empty() { UNKNOWN.to_owned() } else { hardware.cpu.clone() };
    let memory = match (hardware.memory_total_bytes, hardware.memory_free_bytes) {
        (Some(total), Some(free)) => format!("{}, {} of it free", format::size(total), format::size(free)),
        (total, _) => size(total),
    };
    let mut rows = vec![("Processor", format!("{cpu} · {cores}")), ("Memory", memory)];
    if hardware.gpus.is_empty() {
        rows.push(("Graphics", "none found that a model could use".to_owned()));
    }
    rows.extend(hardware.gpus.iter().map(|gpu| ("Graphics", gpu_words(gpu))));
    let folder = hardware.model_folder.as_deref().unwrap_or(UNKNOWN);
    rows.push(("Disk", format!("{} free in {folder}", size(hardware.disk_free_bytes))));
    rows
}

fn gpu_words(gpu: &Gpu) -> String {
    let name = if gpu.name.is_empty() { gpu.vendor.label() } else { &gpu.name };
    match gpu.memory_bytes {
        _ if gpu.shares_memory => format!("{name}, uses the main memory"),
        Some(bytes) => format!("{name}, {}", format::size(bytes)),
        None => format!("{name}, memory not known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_of_which_nothing_is_known_says_so_in_each_row() {
        let rows = rows(&Hardware::default());
        let unknown = rows.iter().filter(|(_, value)| value.contains(UNKNOWN)).count();
        assert_eq!((rows.len(), unknown), (4, 3), "{rows:?}");
    }
}
