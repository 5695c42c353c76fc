//! Stowplan in the browser: the designer and the simulator's screen.
//!
//! Three layers, each knowing only the ones before it. [`data`] turns the document and a run into
//! plain rows for panels; [`session`] holds everything that is open and changes only by
//! [`session::Session::dispatch`]; `app` is Leptos and the DOM. The first two know neither signals
//! nor the browser and are tested natively; `app` exists for wasm only.

pub mod data;
pub mod session;

#[cfg(target_arch = "wasm32")]
#[expect(
    unreachable_pub,
    reason = "the component macro makes the properties of components public"
)]
pub mod app;
