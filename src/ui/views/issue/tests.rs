//! The tabs of an issue, used by their accessible names.
