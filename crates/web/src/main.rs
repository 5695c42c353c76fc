//! The page's entry: mounts the app on the body. Natively there is no page and it does nothing.

fn main() {
    #[cfg(target_arch = "wasm32")]
    stowplan_web::app::start();
}
