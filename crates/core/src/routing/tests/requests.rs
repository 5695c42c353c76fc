//! URLs, and what the load balancer answers before it asks a rule (1.7).

use super::*;
use crate::routing::Refusal::{
    HeaderTooLong, HeadersTooLong, Malformed, RequestLineTooLong, TooManyForwardedFor,
    TransferEncoding,
};

#[test]
fn a_url_is_taken_apart_and_nothing_of_it_changed() {
    let request = get("HTTPS://Shop.Example.com:8443/a%2Fb/../c?x=1&y=a/b?c#part");
    assert_eq!(request.protocol, Protocol::Https);
    assert_eq!(request.host, "Shop.Example.com:8443");
    assert_eq!(request.port, 8443);
    assert_eq!(request.path, "/a%2Fb/../c");
    assert_eq!(request.query.as_deref(), Some("x=1&y=a/b?c"));
    assert_eq!(request.method, "GET");
    let bare = get("http://h.com?q");
    assert_eq!((bare.path.as_str(), bare.port), ("/", 80));
    assert_eq!(bare.query.as_deref(), Some("q"));
    assert_eq!(get("https://h.com").port, 443);
    assert_eq!(get("http://[::1]:81/").port, 81);
    assert_eq!(get("http://[::1]/").port, 80);
}

#[test]
fn what_is_no_url_is_refused_with_its_reason() {
    let error = |url: &str| Request::from_url(url).unwrap_err();
    assert_eq!(error("shop.example.com/a"), UrlError::Scheme);
    assert_eq!(error("ftp://h.com/"), UrlError::Scheme);
    assert_eq!(error("http:///a"), UrlError::NoHost);
    assert_eq!(error("http://:80/a"), UrlError::NoHost);
    assert_eq!(error("http://u:p@h.com/"), UrlError::UserInfo);
    for url in [
        "http://h.com:0/",
        "http://h.com:65536/",
        "http://h.com:x/",
        "http://h.com:/",
    ] {
        assert_eq!(error(url), UrlError::Port, "{url}");
    }
    assert_eq!(error("http://h.com/a b"), UrlError::Character { at: 15 });
    assert_eq!(error("http://h\u{e9}.com/"), UrlError::Character { at: 9 });
}

fn refusal(change: impl FnOnce(&mut Request)) -> Option<Refusal> {
    let mut request = get("http://h.com/a");
    change(&mut request);
    let router = router(vec![Condition::Path(wild(&["/a"]))]);
    let trace = router.trace(&request);
    assert_eq!(trace.outcome, router.outcome(&request));
    let Outcome::Refused(refusal) = trace.outcome else {
        return None;
    };
    assert_eq!((trace.rules.len(), trace.chosen), (0, None));
    Some(refusal)
}

fn headers(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect()
}

#[test]
fn trace_is_not_allowed() {
    assert_eq!(
        refusal(|it| it.method = "TRACE".into()),
        Some(Refusal::Trace)
    );
    assert_eq!(Refusal::Trace.status(), 405);
    assert_eq!(refusal(|it| it.method = "trace".into()), None);
}

#[test]
fn lines_and_headers_have_their_sizes() {
    // GET, two spaces, HTTP/1.1 are 13 bytes of the line's 16K.
    let path = |length: usize| format!("/{}", "a".repeat(length - 14));
    assert_eq!(refusal(|it| it.path = path(16 * 1024)), None);
    let too_long = refusal(|it| it.path = path(16 * 1024 + 1));
    assert_eq!(too_long, Some(RequestLineTooLong));
    assert_eq!(RequestLineTooLong.status(), 414);
    let one = "a".repeat(16 * 1024 - 3);
    assert_eq!(refusal(|it| it.headers = headers(&[("a", &one)])), None);
    let more = format!("{one}a");
    assert_eq!(
        refusal(|it| it.headers = headers(&[("a", &more)])),
        Some(HeaderTooLong)
    );
    let four = [("a", one.as_str()), ("b", &one), ("c", &one), ("d", &one)];
    assert_eq!(
        refusal(|it| it.headers = headers(&four)),
        Some(HeadersTooLong)
    );
    assert_eq!(refusal(|it| it.headers = headers(&four[1..])), None);
    assert_eq!(HeadersTooLong.status(), 400);
}

#[test]
fn more_than_thirty_forwarded_addresses_are_too_many() {
    let list = |count: usize| vec!["10.0.0.1"; count].join(", ");
    let (thirty, one) = (list(30), list(1));
    assert_eq!(
        refusal(|it| it.headers = headers(&[("x-forwarded-for", &thirty)])),
        None
    );
    let both = [
        ("X-Forwarded-For", thirty.as_str()),
        ("X-Forwarded-For", &one),
    ];
    let refused = refusal(|it| it.headers = headers(&both));
    assert_eq!(refused, Some(TooManyForwardedFor));
    assert_eq!(TooManyForwardedFor.status(), 463);
}

#[test]
fn other_encodings_and_no_http_at_all_are_refused() {
    let encoded = |value: &str| refusal(|it| it.headers = headers(&[("Transfer-Encoding", value)]));
    assert_eq!(encoded("Chunked"), None);
    assert_eq!(encoded("identity, chunked"), None);
    assert_eq!(encoded("gzip, chunked"), Some(TransferEncoding));
    assert_eq!(TransferEncoding.status(), 501);
    assert_eq!(refusal(|it| it.method = "G T".into()), Some(Malformed));
    assert_eq!(refusal(|it| it.path = "a".into()), Some(Malformed));
    assert_eq!(refusal(|it| it.host = String::new()), Some(Malformed));
    assert_eq!(
        refusal(|it| it.headers = headers(&[("a", "b\r\nc: d")])),
        Some(Malformed)
    );
    assert_eq!(
        refusal(|it| it.headers = headers(&[("a_b()", "c\td")])),
        None
    );
    assert_eq!(Malformed.status(), 400);
}
