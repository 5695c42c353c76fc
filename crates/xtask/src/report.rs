//! The one way in which we speak while working, so that our lines stand out among the tools'.

/// Says what is being done now.
pub(crate) fn step(what: &str) {
    println!("==> {what}");
}

/// Says something that must not be overlooked.
pub(crate) fn notice(what: &str) {
    println!("\n    {what}\n");
}
