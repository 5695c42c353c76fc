//! One HTTP request, by hand.

use crate::PATIENCE;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

/// The JSON that `url` answers; a service that is still coming up is asked again.
pub(crate) fn get_json(url: &str, path: &str) -> Value {
    let address = url.strip_prefix("http://").expect("a URL of plain HTTP");
    let began = Instant::now();
    loop {
        match get(address, path) {
            Ok(answer) => {
                let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
                return serde_json::from_str(body).expect("the service answers JSON");
            }
            Err(error) => assert!(began.elapsed() < PATIENCE, "{url} does not answer: {error}"),
        }
        std::thread::yield_now();
    }
}

fn get(address: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.is_empty() {
        return Err(std::io::Error::other("an empty answer"));
    }
    Ok(answer)
}
