//! Log analysis.

/// What part of the logs something represents; each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coverage {
    pub lines: f32,
    pub templates: f32,
    pub time: f32,
}

/// What the analysis of all logs of an issue found.
#[derive(Clone, Debug, Default)]
pub struct Insight {}
