//! Connections: one thread for each, with limits, so that a slow or silent client costs little.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::answer::Answer;
use crate::settings::Settings;

/// Connections that are answered at a time.
const CONNECTIONS_MAX: usize = 64;

/// How long a client may take between two bytes.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long a request may be, headers included.
const REQUEST_BYTES_MAX: u64 = 16 * 1024;

/// Listens and answers until the process ends.
pub(crate) fn serve(settings: Settings) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, settings.port))?;
    println!(
        "listening on port {} as {}",
        listener.local_addr()?.port(),
        settings.container
    );
    let settings = Arc::new(settings);
    let open = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        match stream {
            Ok(stream) => accept(stream, &settings, &open),
            Err(error) => pause_after(&error),
        }
    }
    Ok(())
}

/// Out of file handles, say: trying again at once would only burn the processor.
fn pause_after(error: &io::Error) {
    eprintln!("cannot accept a connection: {error}");
    thread::sleep(Duration::from_millis(100));
}

fn accept(stream: TcpStream, settings: &Arc<Settings>, open: &Arc<AtomicUsize>) {
    if open.fetch_add(1, Ordering::SeqCst) >= CONNECTIONS_MAX {
        open.fetch_sub(1, Ordering::SeqCst);
        // A client that is gone cannot be told.
        let _ = refuse(stream);
        return;
    }
    let (settings, open_here) = (Arc::clone(settings), Arc::clone(open));
    let spawned = thread::Builder::new().spawn(move || {
        // A client that went away is its own affair.
        let _ = converse(stream, &settings);
        open_here.fetch_sub(1, Ordering::SeqCst);
    });
    if let Err(error) = spawned {
        open.fetch_sub(1, Ordering::SeqCst);
        pause_after(&error);
    }
}

/// Answers without reading, on the thread that accepts; a short answer does not block it.
fn refuse(mut stream: TcpStream) -> io::Result<()> {
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(Answer::busy().to_http().as_bytes())
}

fn converse(mut stream: TcpStream, settings: &Settings) -> io::Result<()> {
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let answer = Answer::to(&read_request(&stream)?, settings);
    stream.write_all(answer.to_http().as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    if let Some(code) = answer.exit {
        println!("exiting with code {code}, as asked");
        process::exit(i32::from(code));
    }
    Ok(())
}

/// The first line. The headers are read too, for closing with unread bytes resets the connection.
fn read_request(stream: &TcpStream) -> io::Result<String> {
    let mut reader = BufReader::new(stream.take(REQUEST_BYTES_MAX));
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 0 && !header.trim_end().is_empty() {
        header.clear();
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Exit;

    /// One request over a real connection.
    fn ask(request: &[u8]) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let mut client = TcpStream::connect(listener.local_addr().expect("it is bound"))
            .expect("the listener takes connections");
        client.write_all(request).expect("the connection is open");
        let (stream, _) = listener.accept().expect("a client has connected");
        let settings = Settings {
            port: 0,
            startup: Duration::ZERO,
            exit: Exit::Forbidden,
            container: "box".to_owned(),
        };
        converse(stream, &settings).expect("the client stays");
        let mut answer = String::new();
        client
            .read_to_string(&mut answer)
            .expect("the answer is text");
        answer
    }

    #[test]
    fn a_request_with_headers_is_answered_whole() {
        let answer = ask(b"GET /health HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nok"), "{answer}");
    }

    #[test]
    fn what_is_not_http_gets_an_answer_too() {
        let answer = ask(b"hello\r\n\r\n");
        assert!(
            answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{answer}"
        );
    }
}
