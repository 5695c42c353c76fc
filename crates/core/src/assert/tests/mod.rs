//! Texts in, texts out.

mod measuring;
mod reading;
