//! The request, as it is given on the command line.

use super::Arguments;
use crate::report::safe;
use stowplan_core::routing::Request;
use stowplan_runner::Complaint;

/// The request that the arguments describe.
pub(super) fn read(arguments: &Arguments) -> Result<Request, Complaint> {
    let mut request = Request::from_url(&arguments.url).map_err(|error| Complaint {
        message: format!("`{}` is not a URL: {error}", safe(&arguments.url)),
        hint: Some("write it as `http://shop.example.com/api/orders?page=2`".into()),
    })?;
    request.method.clone_from(&arguments.method);
    request.source_ip = arguments.source_ip;
    request.authenticated = arguments.authenticated;
    for text in &arguments.headers {
        let (name, value) = header(text)?;
        if name.eq_ignore_ascii_case("host") {
            value.clone_into(&mut request.host);
        } else {
            request.headers.push((name.to_owned(), value.to_owned()));
        }
    }
    Ok(request)
}

/// Name and value of a header, without the blanks around the value.
fn header(text: &str) -> Result<(&str, &str), Complaint> {
    let is_name = |name: &&str| {
        let is_odd = |it: char| it.is_whitespace() || it.is_control();
        !name.is_empty() && !name.contains(is_odd)
    };
    let parts = text.split_once(':');
    let parts = parts.filter(|(name, _)| is_name(name));
    let (name, value) = parts.ok_or_else(|| Complaint {
        message: format!("`{}` is not a header", safe(text)),
        hint: Some("write it as `X-Canary: always`".into()),
    })?;
    Ok((name, value.trim()))
}
