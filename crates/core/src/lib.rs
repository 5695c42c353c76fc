//! Stowplan's brain: the document, the ECS control plane and the simulated world around it.
//!
//! It deliberately reads no clock, file, network or entropy: time and seed are arguments, so the
//! same calls give the same answers natively and in WebAssembly (ARCHITECTURE.md, invariants 1
//! to 7). It knows neither Leptos, nor Docker, nor the DOM.
//!
//! The path through it: a [`design::Design`] is compiled to a [`model::Model`];
//! [`control::turn`] folds what was seen into a [`control::ControlState`] and decides;
//! [`sim::World`] plays hosts, load balancers and containers; [`sim::Timeline`] holds a run and
//! scrubs it; [`view`] words everything; [`scene`] draws it as data.
#![no_std]

extern crate alloc;

pub mod assert;
pub mod control;
pub mod design;
pub mod draw;
pub mod export;
pub mod id;
pub mod model;
mod near;
pub mod query;
pub mod routing;
pub mod scene;
pub mod severity;
pub mod sim;
pub mod sort;
pub mod source;
pub mod taskdef;
pub mod time;
pub mod units;
pub mod view;
