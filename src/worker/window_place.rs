//! Where the window was, for the next start. It stands beside the database, because the window opens before that does.

use super::WorkerOptions;
use crate::store::{DataDir, write_private};
use serde::{Deserialize, Serialize};
use std::fs;

/// The smallest and the largest side that is believed, in points.
const SIDES: std::ops::RangeInclusive<f32> = 200.0..=16_384.0;
/// How far from the first screen's corner a window may be, in points.
const FARTHEST: f32 = 65_536.0;

/// Where the window is when it is not maximized. In points at a zoom of 1, as the desktop counts them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// Left and top of its frame; `None` where the desktop does not tell, as with Wayland.
    pub corner: Option<[f32; 2]>,
    /// Width and height without its frame.
    pub size: [f32; 2],
    pub is_maximized: bool,
}

impl WindowPlace {
    /// What the last window left; `None` if there was none, or if it cannot be believed.
    pub fn load(options: &WorkerOptions) -> Option<Self> {
        let dir = DataDir::resolve(options.data_dir.as_deref()).ok()?;
        let place: Self = serde_json::from_slice(&fs::read(dir.window_place()).ok()?).ok()?;
        place.is_sane().then_some(place)
    }

    /// Leaves it for the next window. That it fails is no reason to bother anybody.
    pub fn save(self, options: &WorkerOptions) {
        let Ok(dir) = DataDir::resolve(options.data_dir.as_deref()) else { return };
        let Ok(bytes) = serde_json::to_vec(&self) else { return };
        if let Err(error) = write_private(&dir.window_place(), &bytes) {
            tracing::debug!(%error, "the window's place is not kept");
        }
    }

    fn is_sane(&self) -> bool {
        let corner = self.corner.unwrap_or_default();
        self.size.iter().all(|side| SIDES.contains(side)) && corner.iter().all(|at| at.abs() <= FARTHEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_loaded_and_what_cannot_be_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let options = WorkerOptions { data_dir: Some(folder.path().to_owned()) };
        assert_eq!(WindowPlace::load(&options), None);
        let place = WindowPlace { corner: Some([-1200.0, 40.0]), size: [1000.0, 700.5], is_maximized: true };
        place.save(&options);
        assert_eq!(WindowPlace::load(&options), Some(place));

        let file = folder.path().join("window.json");
        let wrong = [
            r#"{"corner":null,"size":[1,700],"is_maximized":false}"#,
            r#"{"corner":[1e9,0],"size":[1000,700],"is_maximized":false}"#,
            r#"{"corner":null,"size":[1000,1e300],"is_maximized":false}"#,
            r#"{"size":[1000]}"#,
            "",
        ];
        for text in wrong {
            fs::write(&file, text).unwrap();
            assert_eq!(WindowPlace::load(&options), None, "{text}");
        }
    }
}
