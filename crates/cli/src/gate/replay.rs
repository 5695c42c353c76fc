//! Arguments as a shell takes them, so that a command can be copied.

/// The argument, in quotes where a POSIX shell needs them.
pub(crate) fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        // A file whose name begins with a hyphen is no option.
        let path = if argument.starts_with('-') && argument != "-" {
            "./"
        } else {
            ""
        };
        return format!("{path}{argument}");
    }
    let inner = argument.replace('\'', r"'\''");
    let path = if argument.starts_with('-') { "./" } else { "" };
    format!("'{path}{inner}'")
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_reads_back_what_was_meant() {
        assert_eq!(quoted("ci/shop.json"), "ci/shop.json");
        assert_eq!(quoted("my shop.json"), "'my shop.json'");
        assert_eq!(quoted("it's $HOME.json"), r"'it'\''s $HOME.json'");
        assert_eq!(quoted("-x.json"), "./-x.json");
        assert_eq!(quoted("-x y"), "'./-x y'");
        assert_eq!(quoted("-"), "-");
        assert_eq!(quoted(""), "''");
    }
}
