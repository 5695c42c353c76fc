//! What AWS does not say about routing, each a named setting with its reason
//! (load-balancing-and-scaling.md 1.3 to 1.5).

/// Modelling choices of routing. `Default` is what the simulator uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoutingSettings {
    /// Whether a value with wildcards must match all of the text. AWS's examples read so: `/img/*`
    /// does not match `/img` (1.3).
    pub wildcards_are_anchored: bool,
    /// Whether `*` and `?` match `/` and `.` as any other character. AWS's examples read so:
    /// `/img/*` is said to cover every depth (1.3).
    pub wildcards_span_separators: bool,
    /// Whether a regular expression must match all of the text. Unknown; AWS's own examples are
    /// written `^…$`, which would be needless if they had to (1.3).
    pub regex_is_anchored: bool,
    /// Whether the port is taken off the Host header before hosts are compared. Unknown; a client
    /// of a port other than 80 sends one, and values cannot name it (1.3).
    pub host_port_is_stripped: bool,
    /// Whether regular expressions see the host in lower case. Unknown; hosts are compared
    /// without regard to case otherwise (1.3).
    pub host_regex_is_lowercased: bool,
    /// Whether regular expressions of an http-header disregard case. Unknown; its values do (1.3).
    pub header_regex_ignores_case: bool,
    /// Whether `//` and dot segments of a path are resolved, and percent-encoded letters, digits
    /// and `-._~` decoded, before paths are compared. Unknown; nothing says so (1.3).
    pub paths_are_normalised: bool,
    /// Whether characters other than visible ASCII are left out of what is compared. AWS says
    /// that only visible ASCII takes part, not what becomes of the rest of the text (1.3).
    pub invisible_characters_are_skipped: bool,
    /// Answer where all weights of a forward are zero. Undocumented; as for an empty group (1.4).
    pub all_weights_zero: u16,
    /// Whether a client whose cookie names a group of weight zero stays with it. Inferred: the
    /// weight is said to be that of new requests (1.4).
    pub zero_weight_keeps_sticky: bool,
    /// Answer where a redirect leads to a URL of more than 8K. AWS says that it fails and counts
    /// it, not how (1.4).
    pub redirect_too_long: u16,
    /// Whether a redirect's Location names port 443 of HTTPS and 80 of HTTP. Undocumented; people
    /// ask how to be rid of the `:443` (aws-load-balancer-controller issue 487).
    pub redirect_names_usual_port: bool,
    /// Whether a url-rewrite sees the query. Its text covers both; what exactly the expression is
    /// held against is inferred (1.5).
    pub url_rewrite_sees_query: bool,
    /// Whether a rewrite replaces all matches rather than the first. Undocumented; AWS speaks of
    /// one (1.5).
    pub rewrite_replaces_all: bool,
}

impl Default for RoutingSettings {
    fn default() -> Self {
        Self {
            wildcards_are_anchored: true,
            wildcards_span_separators: true,
            regex_is_anchored: false,
            host_port_is_stripped: true,
            host_regex_is_lowercased: true,
            header_regex_ignores_case: true,
            paths_are_normalised: false,
            invisible_characters_are_skipped: true,
            all_weights_zero: 503,
            zero_weight_keeps_sticky: true,
            redirect_too_long: 500,
            redirect_names_usual_port: true,
            url_rewrite_sees_query: true,
            rewrite_replaces_all: false,
        }
    }
}
