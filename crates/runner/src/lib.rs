//! The runner: the control plane of [`stowplan_core::control`] with Docker as its world.
//!
//! It observes engines, hands what it saw to [`stowplan_core::control::turn`], turns each
//! [`stowplan_core::control::Action`] into a printable list of operations, and executes them:
//! one operation is one Docker call, and only containers with our labels are ever touched
//! (ARCHITECTURE.md, invariant 9). It decides nothing that ECS's servers decide; what the ECS
//! agent decides on its host (order of start and stop, what an essential exit takes along) is in
//! [`mod@plan`] and `agent`. It knows neither the browser nor the command line.

mod agent;
mod context;
mod document;
mod down;
mod drive;
mod execute;
mod failure;
mod fleet;
mod found;
mod honoured;
mod host;
mod images;
mod labels;
mod lock;
mod observe;
pub mod plan;
mod report;
mod run;
mod signals;
mod status;
mod watch;

pub use context::default_address;
pub use document::Document;
pub use down::{DownOptions, down};
pub use failure::{Complaint, Failure};
pub use honoured::{Unhonoured, not_honoured};
pub use report::{Notice, TaskRow};
pub use run::{RunOptions, run};
pub use status::{ContainerRow, PortRow, StatusOptions, status};
