//! What is wrong with traffic that can be read: names that lead nowhere, times that never come,
//! requests that nobody could send. The same for what a scenario begins with and for what is
//! changed during a run.

use super::profile::{Profile, ReplayData, STEPS_MAX, Shape, Step};
use super::replay::CsvFault;
use super::source::{
    ATTEMPTS_MAX, REQUESTS_MAX, Request, Retries, SOURCES_MAX, TrafficChange, TrafficSource,
    WEIGHT_MAX,
};
use crate::design::{Design, Listener};
use crate::near::nearest;
use crate::time::Millis;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Longest name of a source or listener, in bytes: no ARN is longer (an ARN has 2048 at most).
const NAME_BYTES_MAX: usize = 2048;

/// Longest request line and longest single header, in bytes (load-balancing-and-scaling.md 1.1).
const LINE_BYTES_MAX: usize = 16 * 1024;

/// Longest headers of a request together, in bytes (load-balancing-and-scaling.md 1.1).
const HEADERS_BYTES_MAX: usize = 64 * 1024;

/// Longest host, in bytes: a name of DNS has at most 253, and a port may stand behind it.
const HOST_BYTES_MAX: usize = 260;

/// Longest method, in bytes: what a rule's condition can name (load-balancing-and-scaling.md 1.3).
const METHOD_BYTES_MAX: usize = 40;

/// Shortest period of a rate that comes again and again, our own choice: requests are counted by
/// the second, and CloudWatch's points are a minute long, so that nothing shorter can be seen.
const PERIOD_MIN: Millis = Millis::seconds(60);

/// What can be wrong with traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrafficFault {
    /// More sources than [`SOURCES_MAX`].
    TooManySources(usize),
    /// A text that is longer than can be.
    Text {
        /// How long it is, in bytes.
        bytes: usize,
        /// The most it may have.
        most: usize,
    },
    /// Two sources of one name.
    DuplicateName(String),
    /// No listener is called so.
    UnknownListener {
        /// What was named.
        listener: String,
        /// The name that was probably meant.
        near: Option<String>,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A change that names neither source nor listener.
    Nameless,
    /// A mix of nothing.
    NoRequests,
    /// A mix of more than [`REQUESTS_MAX`].
    TooManyRequests(usize),
    /// A weight that is not from 1 to [`WEIGHT_MAX`].
    Weight(u32),
    /// A method that is no token.
    Method(String),
    /// A path that does not begin with a slash, or that has more than a path in it.
    Path(String),
    /// A host with blanks or control characters in it.
    Host(String),
    /// A query that begins with its question mark, or that has blanks or control characters in it.
    Query(String),
    /// A header's name that is no token, or a value of more than one line.
    Header(String),
    /// More further attempts than [`ATTEMPTS_MAX`].
    Attempts(u32),
    /// Steps without a step.
    NoSteps,
    /// More steps than [`STEPS_MAX`].
    TooManySteps(usize),
    /// A step that is not after the one before it.
    StepNotLater {
        /// Its time.
        at: Millis,
        /// The time of the one before.
        before: Millis,
    },
    /// A period shorter than [`PERIOD_MIN`].
    ShortPeriod(Millis),
    /// A lowest rate above the highest one.
    LowAboveHigh,
    /// A peak below the rate around it.
    PeakBelowBase,
    /// Rows are in a file that nobody has read.
    File(String),
    /// Rows that cannot be read.
    Csv(CsvFault),
    /// Something that would begin after the end of the run.
    BehindEnd {
        /// When it would.
        at: Millis,
        /// When the run ends.
        duration: Millis,
    },
    /// A spike that is over when the input that sets it comes: its moments were probably meant to
    /// count from there.
    Over {
        /// When it is over.
        ended: Millis,
        /// When the input comes.
        at: Millis,
    },
}

/// Checks traffic against designs and the end of a run; gathers faults by their JSON pointer.
pub(in crate::sim) struct Checks<'a> {
    listeners: Vec<&'a Listener>,
    /// Listeners of Classic Load Balancers, by our name.
    classic: Vec<String>,
    end: Millis,
    faults: Vec<(String, TrafficFault)>,
}

impl<'a> Checks<'a> {
    /// Listeners of any of the designs may be asked.
    pub(in crate::sim) fn new(designs: impl IntoIterator<Item = &'a Design>, end: Millis) -> Self {
        let designs: Vec<&Design> = designs.into_iter().collect();
        let classic = designs.iter().flat_map(|design| design.classic_listeners());
        let listeners = designs.iter().flat_map(|design| &design.listeners);
        Self {
            listeners: listeners.collect(),
            classic: classic.collect(),
            end,
            faults: Vec::new(),
        }
    }

    /// Everything that was found, in the order in which it was looked at.
    pub(in crate::sim) fn faults(self) -> Vec<(String, TrafficFault)> {
        self.faults
    }

    /// All sources of a scenario.
    pub(in crate::sim) fn sources(&mut self, pointer: &str, sources: &[TrafficSource]) {
        if sources.len() > SOURCES_MAX {
            self.tell(pointer, TrafficFault::TooManySources(sources.len()));
        }
        let mut names = BTreeSet::new();
        for (at, source) in sources.iter().enumerate().take(SOURCES_MAX) {
            let pointer = format!("{pointer}/{at}");
            if !names.insert(source.name()) {
                let (name, stated) = (source.name().to_string(), !source.name.is_empty());
                let place = if stated { "name" } else { "listener" };
                let pointer = format!("{pointer}/{place}");
                self.tell(&pointer, TrafficFault::DuplicateName(name));
            }
            self.text(&pointer, "name", &source.name, NAME_BYTES_MAX);
            self.listener(&pointer, &source.listener);
            self.profile(&pointer, &source.requests_per_second);
            self.requests(&pointer, source.requests.as_deref());
            self.retries(&pointer, source.retries);
        }
    }

    /// A change of a source at a moment.
    pub(in crate::sim) fn change(&mut self, pointer: &str, change: &TrafficChange, at: Millis) {
        if change.name().is_none() {
            self.tell(pointer, TrafficFault::Nameless);
        }
        if let Some(name) = &change.name {
            self.text(pointer, "name", name, NAME_BYTES_MAX);
        }
        if let Some(listener) = &change.listener {
            self.listener(pointer, listener);
        }
        if let Some(profile) = &change.requests_per_second {
            self.profile(pointer, profile);
            if let Some(ended) = profile.spike_ends().filter(|ended| *ended <= at) {
                let pointer = format!("{pointer}/requestsPerSecond/at");
                self.tell(&pointer, TrafficFault::Over { ended, at });
            }
        }
        self.requests(pointer, change.requests.as_deref());
        self.retries(pointer, change.retries);
    }

    fn tell(&mut self, pointer: &str, fault: TrafficFault) {
        self.faults.push((pointer.into(), fault));
    }

    fn text(&mut self, pointer: &str, member: &str, text: &str, most: usize) {
        let bytes = text.len();
        if bytes > most {
            let pointer = format!("{pointer}/{member}");
            self.tell(&pointer, TrafficFault::Text { bytes, most });
        }
    }

    fn listener(&mut self, pointer: &str, listener: &str) {
        let mut known = self.listeners.iter();
        let is_classic = self.classic.iter().any(|it| it == listener);
        if is_classic || known.any(|it| it.is_meant_by(listener)) {
            return;
        }
        let names = self.listeners.iter().map(|it| it.name());
        let names: Vec<String> = names.chain(self.classic.iter().cloned()).collect();
        let near = nearest(listener, names.iter().map(String::as_str)).map(Into::into);
        let listener = listener.chars().take(NAME_BYTES_MAX).collect();
        let pointer = format!("{pointer}/listener");
        let fault = TrafficFault::UnknownListener {
            listener,
            near,
            known: names,
        };
        self.tell(&pointer, fault);
    }

    fn requests(&mut self, pointer: &str, requests: Option<&[Request]>) {
        let Some(requests) = requests else {
            return;
        };
        let pointer = format!("{pointer}/requests");
        if requests.is_empty() {
            self.tell(&pointer, TrafficFault::NoRequests);
        }
        if requests.len() > REQUESTS_MAX {
            self.tell(&pointer, TrafficFault::TooManyRequests(requests.len()));
        }
        for (at, request) in requests.iter().enumerate().take(REQUESTS_MAX) {
            self.request(&format!("{pointer}/{at}"), request);
        }
    }

    fn request(&mut self, pointer: &str, request: &Request) {
        let inside = |member: &str| format!("{pointer}/{member}");
        if request.weight == 0 || request.weight > WEIGHT_MAX {
            self.tell(&inside("weight"), TrafficFault::Weight(request.weight));
        }
        if !is_token(&request.method) || request.method.len() > METHOD_BYTES_MAX {
            let fault = TrafficFault::Method(excerpt(&request.method));
            self.tell(&inside("method"), fault);
        }
        if !request.path.starts_with('/') || request.path.contains(['?', '#']) {
            self.tell(&inside("path"), TrafficFault::Path(excerpt(&request.path)));
        }
        let host = request.host.as_deref().unwrap_or_default();
        if !is_one_word(host) {
            self.tell(&inside("host"), TrafficFault::Host(excerpt(host)));
        }
        if request.query.starts_with('?') || !is_one_word(&request.query) {
            let fault = TrafficFault::Query(excerpt(&request.query));
            self.tell(&inside("query"), fault);
        }
        self.text(pointer, "host", host, HOST_BYTES_MAX);
        self.text(pointer, "path", &request.path, LINE_BYTES_MAX);
        self.text(pointer, "query", &request.query, LINE_BYTES_MAX);
        self.headers(&inside("headers"), request);
    }

    fn headers(&mut self, pointer: &str, request: &Request) {
        for (name, value) in &request.headers {
            let pointer = format!("{pointer}/{}", crate::source::escape(name));
            if !is_token(name) || value.contains(['\r', '\n', '\0']) {
                self.tell(&pointer, TrafficFault::Header(excerpt(name)));
            }
            let (bytes, most) = (name.len() + value.len(), LINE_BYTES_MAX);
            if bytes > most {
                self.tell(&pointer, TrafficFault::Text { bytes, most });
            }
        }
        let all = request.headers.iter();
        let bytes = all.map(|(name, value)| name.len() + value.len()).sum();
        let most = HEADERS_BYTES_MAX;
        if bytes > most {
            self.tell(pointer, TrafficFault::Text { bytes, most });
        }
    }

    fn retries(&mut self, pointer: &str, retries: Option<Retries>) {
        if let Some(retries) = retries.filter(|it| it.attempts > ATTEMPTS_MAX) {
            let pointer = format!("{pointer}/retries/attempts");
            self.tell(&pointer, TrafficFault::Attempts(retries.attempts));
        }
    }

    fn profile(&mut self, pointer: &str, profile: &Profile) {
        let pointer = format!("{pointer}/requestsPerSecond");
        let inside = |member: &str| format!("{pointer}/{member}");
        match profile.shape() {
            Shape::Constant(_) => {}
            Shape::Ramp { start, .. } => self.comes(&inside("start"), *start),
            Shape::Steps { steps } => self.steps(&inside("steps"), steps),
            Shape::Daily {
                low, high, period, ..
            } => {
                if low > high {
                    self.tell(&inside("low"), TrafficFault::LowAboveHigh);
                }
                if *period < PERIOD_MIN {
                    self.tell(&inside("period"), TrafficFault::ShortPeriod(*period));
                }
            }
            Shape::Spike { base, peak, at, .. } => {
                if peak < base {
                    self.tell(&inside("peak"), TrafficFault::PeakBelowBase);
                }
                self.comes(&inside("at"), *at);
            }
            Shape::Replay { data, .. } => match data {
                ReplayData::Csv(_) => self.rows(&inside("csv"), profile),
                ReplayData::File(file) => {
                    self.tell(&inside("file"), TrafficFault::File(excerpt(file)));
                }
            },
        }
    }

    fn steps(&mut self, pointer: &str, steps: &[Step]) {
        if steps.is_empty() {
            self.tell(pointer, TrafficFault::NoSteps);
        }
        if steps.len() > STEPS_MAX {
            self.tell(pointer, TrafficFault::TooManySteps(steps.len()));
        }
        let mut before: Option<Millis> = None;
        for (number, step) in steps.iter().enumerate().take(STEPS_MAX) {
            let (pointer, at) = (format!("{pointer}/{number}/at"), step.at);
            if let Some(before) = before.filter(|before| at <= *before) {
                self.tell(&pointer, TrafficFault::StepNotLater { at, before });
            }
            before = Some(at);
            self.comes(&pointer, at);
        }
    }

    fn rows(&mut self, pointer: &str, profile: &Profile) {
        if let Some(fault) = profile.csv_fault() {
            self.tell(pointer, TrafficFault::Csv(fault.clone()));
        }
        if let Some(begins) = profile.begins() {
            self.comes(pointer, begins);
        }
    }

    /// Refuses what begins after the end of the run and so never would.
    fn comes(&mut self, pointer: &str, at: Millis) {
        if at > self.end {
            let duration = self.end;
            self.tell(pointer, TrafficFault::BehindEnd { at, duration });
        }
    }
}

/// Whether a text is a token as HTTP has them (RFC 9110, 5.6.2).
fn is_token(text: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_inside)
}

/// Whether a text has neither blanks nor control characters, which would end it in a request line
/// or in a header.
fn is_one_word(text: &str) -> bool {
    !text.chars().any(|it| it.is_whitespace() || it.is_control())
}

/// What a sentence can hold of a text.
fn excerpt(text: &str) -> String {
    text.chars().take(80).collect()
}
