//! The first line of an HTTP request, as far as this service cares.

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    /// How many primes there are up to `n`.
    Count { n: u64 },
    /// Whether the service is well.
    Health,
    /// The end of the service.
    Exit { code: u8 },
}

/// Why a request cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The first line is no HTTP request line, or a parameter is no number that is allowed.
    Bad(&'static str),
    /// Another method than `GET`.
    Method,
    /// No such path.
    Path,
}

/// What is counted when the request does not say.
const N_DEFAULT: u64 = 100_000;

impl Request {
    /// Reads a request line such as `GET /?n=10 HTTP/1.1`.
    pub(crate) fn parse(line: &str) -> Result<Self, Refusal> {
        let mut words = line.trim_end().split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(Refusal::Bad("not an HTTP request"));
        };
        if !version.starts_with("HTTP/1.") {
            return Err(Refusal::Bad("not an HTTP/1 request"));
        }
        if method != "GET" {
            return Err(Refusal::Method);
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self::from_path(path, query)
    }

    fn from_path(path: &str, query: &str) -> Result<Self, Refusal> {
        match path {
            "/" => count(query),
            "/health" => Ok(Self::Health),
            "/exit" => exit(query),
            _ => Err(Refusal::Path),
        }
    }
}

fn count(query: &str) -> Result<Request, Refusal> {
    let n = match parameter(query, "n") {
        Some(text) => text.parse().ok().filter(|n| *n <= crate::count::N_MAX),
        None => Some(N_DEFAULT),
    };
    n.map(|n| Request::Count { n }).ok_or(Refusal::Bad(
        "`n` must be a whole number from 0 to 50000000",
    ))
}

fn exit(query: &str) -> Result<Request, Refusal> {
    let code = parameter(query, "code").unwrap_or("1").parse();
    code.map(|code| Request::Exit { code })
        .map_err(|_| Refusal::Bad("`code` must be a whole number from 0 to 255"))
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(target: &str) -> Result<Request, Refusal> {
        Request::parse(&format!("GET {target} HTTP/1.1\r\n"))
    }

    #[test]
    fn requests_are_read() {
        assert_eq!(get("/"), Ok(Request::Count { n: 100_000 }));
        assert_eq!(get("/?n=7"), Ok(Request::Count { n: 7 }));
        assert_eq!(get("/?x=1&n=7"), Ok(Request::Count { n: 7 }));
        assert_eq!(get("/?n=50000000"), Ok(Request::Count { n: 50_000_000 }));
        assert_eq!(get("/health"), Ok(Request::Health));
        assert_eq!(get("/exit?code=3"), Ok(Request::Exit { code: 3 }));
        assert_eq!(get("/exit"), Ok(Request::Exit { code: 1 }));
    }

    #[test]
    fn numbers_out_of_range_are_bad() {
        for target in [
            "/?n=50000001",
            "/?n=-1",
            "/?n=many",
            "/?n=",
            "/exit?code=256",
        ] {
            assert!(matches!(get(target), Err(Refusal::Bad(_))), "{target}");
        }
    }

    #[test]
    fn what_is_not_a_get_request_is_refused() {
        assert_eq!(get("/other"), Err(Refusal::Path));
        assert_eq!(Request::parse("POST / HTTP/1.1"), Err(Refusal::Method));
        for line in [
            "",
            "GET /",
            "GET / SPDY/3",
            "GET / HTTP/1.1 more",
            "\u{16}\u{3}",
        ] {
            assert!(
                matches!(Request::parse(line), Err(Refusal::Bad(_))),
                "{line:?}"
            );
        }
    }
}
