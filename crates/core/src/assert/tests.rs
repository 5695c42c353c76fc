//! texts in, texts out
