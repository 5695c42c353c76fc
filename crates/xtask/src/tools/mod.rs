//! The programs that the commands need, each found or installed by the file of its name.

pub(crate) mod apt;
pub(crate) mod cargo_deny;
pub(crate) mod cargo_fuzz;
pub(crate) mod cargo_tool;
pub(crate) mod chromium;
pub(crate) mod docker;
pub(crate) mod dockerd;
pub(crate) mod network;
pub(crate) mod path;
pub(crate) mod trunk;
pub(crate) mod wasm_bindgen;
pub(crate) mod wasm_target;
