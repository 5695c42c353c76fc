//! The commands that read documents, as a user calls them: texts in, texts out.

mod check;
mod command;
mod diff;
mod export;
mod fmt;
mod place;
mod query;
mod route;
