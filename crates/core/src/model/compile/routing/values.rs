//! What AWS takes as a value of a condition (load-balancing-and-scaling.md 1.3).

use super::conditions::{NAME_MAX, VALUE_MAX};
use crate::model::ConditionFault;
use crate::routing::Cidr;
use core::net::{IpAddr, Ipv4Addr};

/// What is wrong with a text that is at most 128 characters of some kind.
pub(super) fn check_texts(text: &str, takes: impl Fn(char) -> bool) -> Option<ConditionFault> {
    let length = text.chars().count();
    if length > VALUE_MAX {
        let most = VALUE_MAX;
        return Some(ConditionFault::TooLong { length, most });
    }
    let odd = text.chars().find(|it| !takes(*it));
    odd.map(|character| ConditionFault::Character { character })
}

/// What is wrong with a host. Wildcards stand for what they match, behind the last dot as well.
pub(super) fn check_host(text: &str) -> Option<ConditionFault> {
    let takes = |it: char| it.is_ascii_alphanumeric() || "-._*?".contains(it);
    let is_port = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    if text.split_once(':').is_some_and(|(_, port)| is_port(port)) {
        return Some(ConditionFault::HostWithPort);
    }
    if let Some(fault) = check_texts(text, takes) {
        return Some(fault);
    }
    let Some((_, end)) = text.rsplit_once('.') else {
        return Some(ConditionFault::HostWithoutDot);
    };
    let is_end = |it: char| it.is_ascii_alphabetic() || it == '*' || it == '?';
    (end.is_empty() || !end.chars().all(is_end)).then_some(ConditionFault::HostEnd)
}

/// What is wrong with a path.
pub(super) fn check_path(text: &str) -> Option<ConditionFault> {
    // `?` alone is a wildcard; no path has an equals sign.
    if text.split_once('?').is_some_and(|(_, it)| it.contains('=')) {
        return Some(ConditionFault::PathWithQuery);
    }
    check_texts(text, |it| {
        it.is_ascii_alphanumeric() || "_-.$/~\"'@:+&*?".contains(it)
    })
}

/// What is wrong with a method.
pub(super) fn check_method(text: &str) -> Option<ConditionFault> {
    let is_method = |c: char| c.is_ascii_uppercase() || c == '-' || c == '_';
    let length = text.chars().count();
    if length > NAME_MAX {
        let most = NAME_MAX;
        return Some(ConditionFault::TooLong { length, most });
    }
    if text.contains(['*', '?']) {
        return Some(ConditionFault::MethodWildcard);
    }
    let method = text.to_ascii_uppercase();
    if method != text && method.chars().all(is_method) {
        return Some(ConditionFault::MethodCase { method });
    }
    check_texts(text, is_method)
}

/// A block of addresses.
///
/// # Errors
///
/// Why it is none.
pub(super) fn cidr(text: &str) -> Result<Cidr, ConditionFault> {
    let (address, prefix) = text.split_once('/').ok_or(ConditionFault::Cidr)?;
    let address: IpAddr = address.parse().map_err(|_| ConditionFault::Cidr)?;
    let digits = prefix.bytes().all(|it| it.is_ascii_digit());
    let most = if address.is_ipv4() { 32 } else { 128 };
    let prefix: Option<u8> = prefix.parse().ok().filter(|it| digits && *it <= most);
    let prefix = prefix.ok_or(ConditionFault::Cidr)?;
    if address == IpAddr::V4(Ipv4Addr::BROADCAST) && prefix == 32 {
        return Err(ConditionFault::Broadcast);
    }
    Ok(Cidr { address, prefix })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_slips_are_told_apart_from_odd_characters() {
        let get = || {
            Some(ConditionFault::MethodCase {
                method: "GET".into(),
            })
        };
        assert_eq!([check_method("get"), check_method("Get")], [get(), get()]);
        assert_eq!(check_method("G*"), Some(ConditionFault::MethodWildcard));
        assert_eq!(check_method("GET"), None);
        let odd = |character| Some(ConditionFault::Character { character });
        assert_eq!(check_method("G T"), odd(' '));
        assert_eq!(check_host("a.b:80"), Some(ConditionFault::HostWithPort));
        assert_eq!(check_host("a.b:x"), odd(':'));
        assert_eq!(check_path("/a?x=1"), Some(ConditionFault::PathWithQuery));
        assert_eq!(check_path("/a?b"), None);
        assert_eq!(check_path("/a=1"), odd('='));
    }
}
