//! Just enough HTTP to see whether a local server answers.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(2);

/// Whether `GET path` on a port of this machine answers 200.
pub(crate) fn answers(port: u16, path: &str) -> bool {
    status_line(port, path).is_some_and(|line| line.split(' ').nth(1) == Some("200"))
}

fn status_line(port: u16, path: &str) -> Option<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT).ok()?;
    stream.set_read_timeout(Some(TIMEOUT)).ok()?;
    // In one piece: a server may answer, and close, at the first piece it sees.
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    // Half an answer still has its first line; a reset after it is no reason to say no.
    let _ = stream.take(64 * 1024).read_to_end(&mut answer);
    String::from_utf8_lossy(&answer)
        .lines()
        .next()
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Whether one answer of a server counts as an answer.
    fn counts(answer: &'static str) -> bool {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client connects");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).expect("the client asks");
            stream
                .write_all(answer.as_bytes())
                .expect("the client listens");
        });
        let counted = answers(port, "/");
        server.join().expect("the server ends");
        counted
    }

    #[test]
    fn only_a_good_answer_counts() {
        assert!(counts("HTTP/1.1 200 OK\r\n\r\nok"));
        assert!(!counts("HTTP/1.1 404 Not Found\r\n\r\n200"));
        assert!(!counts(""));
    }
}
