//! The one table of commands: toolbar hints, shortcuts and the shortcut sheet all come from it.

use super::{EditorIntent, Intent, Mode, Session, Sheet};
use stowplan_core::design::Part;
use stowplan_core::scene::Subject;

/// A key with its modifiers, as `KeyboardEvent.key` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    /// `z`, `Delete`, ` ` …; letters in lower case.
    pub key: &'static str,
    /// Ctrl, or Cmd on a Mac.
    pub ctrl: bool,
    /// Shift; ignored for signs that need Shift anyway.
    pub shift: bool,
}

const fn plain(key: &'static str) -> Keys {
    Keys {
        key,
        ctrl: false,
        shift: false,
    }
}

const fn ctrl(key: &'static str) -> Keys {
    Keys {
        key,
        ctrl: true,
        shift: false,
    }
}

const fn ctrl_shift(key: &'static str) -> Keys {
    Keys {
        key,
        ctrl: true,
        shift: true,
    }
}

const fn shift(key: &'static str) -> Keys {
    Keys {
        key,
        ctrl: false,
        shift: true,
    }
}

impl Keys {
    /// As a hint reads: `Ctrl+Shift+Z`.
    #[must_use]
    pub fn words(&self) -> String {
        let key = match self.key {
            " " => "Space".to_string(),
            "ArrowRight" => "→".to_string(),
            key if key.len() == 1 => key.to_ascii_uppercase(),
            key => key.to_string(),
        };
        let ctrl = if self.ctrl { "Ctrl+" } else { "" };
        let shift = if self.shift { "Shift+" } else { "" };
        format!("{ctrl}{shift}{key}")
    }
}

/// A command.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Stable id.
    pub id: &'static str,
    /// Heading in the sheet.
    pub group: &'static str,
    /// What it does, in words.
    pub label: &'static str,
    /// Keys that give it.
    pub keys: &'static [Keys],
    /// What it means now; `None` where it makes no sense.
    pub intent: fn(&Session) -> Option<Intent>,
}

/// All commands in the order of the sheet.
pub const COMMANDS: &[Command] = &[
    Command {
        id: "undo",
        group: "Edit",
        label: "Undo",
        keys: &[ctrl("z")],
        intent: |session| session.can_undo().then_some(Intent::Undo),
    },
    Command {
        id: "redo",
        group: "Edit",
        label: "Redo",
        keys: &[ctrl_shift("z"), ctrl("y")],
        intent: |session| session.can_redo().then_some(Intent::Redo),
    },
    Command {
        id: "delete",
        group: "Edit",
        label: "Delete selection",
        keys: &[plain("Delete"), plain("Backspace")],
        intent: |session| session.selection().map(|_| Intent::DeleteSelection),
    },
    Command {
        id: "edit",
        group: "Edit",
        label: "Edit the selected task definition",
        keys: &[plain("Enter")],
        intent: |session| match session.selection()? {
            Subject::Part(Part::TaskDefinition(name)) => {
                Some(Intent::Editor(EditorIntent::Open(name.clone())))
            }
            Subject::Part(_) | Subject::Task(_) => None,
        },
    },
    Command {
        id: "cancel",
        group: "Edit",
        label: "Cancel gesture, close, deselect",
        keys: &[plain("Escape")],
        intent: |_| Some(Intent::Cancel),
    },
    Command {
        id: "open",
        group: "File",
        label: "Open file",
        keys: &[ctrl("o")],
        intent: |_| Some(Intent::ChooseFile),
    },
    Command {
        id: "export",
        group: "File",
        label: "Export",
        keys: &[ctrl("e")],
        intent: |_| Some(Intent::Open(Sheet::Export)),
    },
    Command {
        id: "play",
        group: "Run",
        label: "Play or pause",
        keys: &[plain(" ")],
        intent: |_| Some(Intent::TogglePlay),
    },
    Command {
        id: "step",
        group: "Run",
        label: "To the next event",
        keys: &[plain(".")],
        intent: |_| Some(Intent::Step),
    },
    Command {
        id: "restart",
        group: "Run",
        label: "Back to the start of the run",
        keys: &[plain("Home")],
        intent: |session| session.run().map(|_| Intent::Restart),
    },
    Command {
        id: "slower",
        group: "Run",
        label: "Slower",
        keys: &[plain("[")],
        intent: |session| Some(Intent::SetSpeed(session.speed().slower())),
    },
    Command {
        id: "faster",
        group: "Run",
        label: "Faster",
        keys: &[plain("]")],
        intent: |session| Some(Intent::SetSpeed(session.speed().faster())),
    },
    Command {
        id: "kill",
        group: "Run",
        label: "Terminate the selected host",
        keys: &[plain("k")],
        intent: |session| match (session.mode(), session.selection()) {
            (Mode::Run, Some(Subject::Part(Part::ContainerInstance(_)))) => {
                Some(Intent::TerminateSelection)
            }
            (Mode::Run | Mode::Design, _) => None,
        },
    },
    Command {
        id: "find",
        group: "View",
        label: "Find hosts by cluster query",
        keys: &[plain("/"), ctrl("k")],
        intent: |_| Some(Intent::FocusQuery),
    },
    Command {
        id: "zoom-in",
        group: "View",
        label: "Zoom in",
        keys: &[ctrl("="), ctrl("+")],
        intent: |_| Some(Intent::Zoom(1.2)),
    },
    Command {
        id: "zoom-out",
        group: "View",
        label: "Zoom out",
        keys: &[ctrl("-")],
        intent: |_| Some(Intent::Zoom(1.0 / 1.2)),
    },
    Command {
        id: "zoom-reset",
        group: "View",
        label: "Natural size",
        keys: &[ctrl("0")],
        intent: |_| Some(Intent::ResetZoom),
    },
    Command {
        id: "fit",
        group: "View",
        label: "Show everything",
        keys: &[shift("1"), plain("!")],
        intent: |_| Some(Intent::Fit),
    },
    Command {
        id: "theme",
        group: "View",
        label: "Light, dark or system colours",
        keys: &[Keys {
            key: "d",
            ctrl: false,
            shift: true,
        }],
        intent: |_| Some(Intent::CycleTheme),
    },
    Command {
        id: "shortcuts",
        group: "View",
        label: "Keyboard shortcuts",
        keys: &[plain("?")],
        intent: |_| Some(Intent::Open(Sheet::Shortcuts)),
    },
];

/// The command called `id`.
#[must_use]
pub fn command(id: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.id == id)
}

/// The command that these keys give. Shift counts for letters and named keys only: a sign such as
/// `?` needs it on some keyboards and not on others.
#[must_use]
pub fn command_for(key: &str, ctrl: bool, shift: bool) -> Option<&'static Command> {
    let key = key.to_ascii_lowercase();
    let is_sign = key.chars().count() == 1 && key.chars().all(|c| !c.is_ascii_alphanumeric());
    let given = |keys: &Keys| {
        let shift_fits = is_sign || keys.shift == shift;
        keys.key.to_ascii_lowercase() == key && keys.ctrl == ctrl && shift_fits
    };
    COMMANDS
        .iter()
        .find(|command| command.keys.iter().any(given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_find_their_commands_and_no_two_commands_share_one() {
        let id = |key, ctrl, shift| command_for(key, ctrl, shift).map(|command| command.id);
        assert_eq!(id("z", true, false), Some("undo"));
        assert_eq!(id("Z", true, true), Some("redo"));
        assert_eq!(id("y", true, false), Some("redo"));
        assert_eq!(id("?", false, true), Some("shortcuts"));
        assert_eq!(id("?", false, false), Some("shortcuts"));
        assert_eq!(id("z", false, false), None);
        let mut all: Vec<String> = COMMANDS
            .iter()
            .flat_map(|command| command.keys)
            .map(Keys::words)
            .collect();
        let count = all.len();
        stowplan_core::sort::sort(&mut all);
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn hints_read_as_people_say_them() {
        let hint = |id| command(id).map(|command: &Command| command.keys[0].words());
        assert_eq!(hint("redo").as_deref(), Some("Ctrl+Shift+Z"));
        assert_eq!(hint("play").as_deref(), Some("Space"));
    }
}
