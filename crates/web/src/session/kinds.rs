//! The small enums of the screen.

/// A part that the palette offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A zone with a subnet.
    Zone,
    /// A container instance.
    Host,
    /// A service with a task definition.
    Service,
    /// An application load balancer with a listener.
    LoadBalancer,
    /// A target group.
    TargetGroup,
    /// A listener rule.
    Rule,
}

impl Item {
    /// All, in the palette's order.
    pub const ALL: [Self; 6] = [
        Self::Zone,
        Self::Host,
        Self::Service,
        Self::LoadBalancer,
        Self::TargetGroup,
        Self::Rule,
    ];

    /// Its name in the palette.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Zone => "Zone",
            Self::Host => "Host",
            Self::Service => "Service",
            Self::LoadBalancer => "Load balancer",
            Self::TargetGroup => "Target group",
            Self::Rule => "Listener rule",
        }
    }

    /// Where it can be dropped, in words.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Zone => "Drop it anywhere on the canvas",
            Self::Host => "Drop it in a zone",
            Self::Service => "Drop it anywhere on the canvas",
            Self::LoadBalancer => "Drop it anywhere on the canvas",
            Self::TargetGroup => "Drop it on a service, or anywhere for a loose one",
            Self::Rule => "Drop it on a load balancer or on a target group",
        }
    }
}

/// What the canvas shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The document.
    #[default]
    Design,
    /// The run.
    Run,
}

/// Panels at the bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The event list.
    #[default]
    Events,
    /// Charts.
    Metrics,
    /// Why the next task of the selected service goes where it goes.
    Explain,
    /// What a scenario asserts, and what became of it.
    Assertions,
    /// What a listener does with a request.
    Request,
}

impl Tab {
    /// All, in order.
    pub const ALL: [Self; 5] = [
        Self::Events,
        Self::Metrics,
        Self::Explain,
        Self::Assertions,
        Self::Request,
    ];

    /// Its name.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Events => "Events",
            Self::Metrics => "Metrics",
            Self::Explain => "Explain",
            Self::Assertions => "Assertions",
            Self::Request => "Request",
        }
    }
}

/// How the inspector shows a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InspectorView {
    /// Fields.
    #[default]
    Form,
    /// The entry's JSON.
    Json,
}

/// Colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The next in turn.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Dark,
            Self::Dark => Self::Light,
            Self::Light => Self::System,
        }
    }

    /// As it is written in the page and kept in storage.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme called `name`; the system's where none is.
    #[must_use]
    pub fn named(name: &str) -> Self {
        [Self::Light, Self::Dark]
            .into_iter()
            .find(|theme| theme.name() == name)
            .unwrap_or_default()
    }
}

/// A format of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsFormat {
    /// A row for each point.
    Csv,
    /// What Prometheus reads.
    OpenMetrics,
}

impl MetricsFormat {
    /// Its name.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::OpenMetrics => "OpenMetrics",
        }
    }
}

/// A sheet over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// Keyboard shortcuts.
    Shortcuts,
    /// Files to export.
    Export,
    /// The editor of the selected task definition.
    Definition,
}

/// Whether the browser has kept the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SavedState {
    /// As it stands.
    #[default]
    Saved,
    /// Not yet.
    Pending,
    /// It could not.
    Failed(String),
}

/// How a message sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeTone {
    /// For information.
    Plain,
    /// Something was refused.
    Bad,
}

/// A message in the status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How it sounds.
    pub tone: NoticeTone,
    /// The words.
    pub text: String,
}

/// What the outside is to do after an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Keep the document soon.
    SaveSoon,
    /// Give the user a file.
    Download {
        /// Its name.
        name: String,
        /// Its text.
        text: String,
    },
    /// Let the user choose a file to take in.
    ChooseFile,
    /// Give the focus to a field of the editor.
    Focus {
        /// Its id.
        id: String,
    },
    /// Give the focus to the box that asks for hosts.
    FocusQuery,
    /// Give the focus to the tab of the editor's page.
    FocusTab,
    /// Show a stretch of the editor's JSON, in UTF-16 units.
    ShowText {
        /// Its line.
        line: usize,
        /// Its start.
        start: usize,
        /// Its end.
        end: usize,
    },
    /// Show other colours and remember them.
    ApplyTheme(Theme),
}
