//! Gestures as states: `on(event)` gives the next state and what the user meant. It knows no
//! document and no pixels but the pointer's; where a drop lands is the session's to say.

use super::{Intent, Item};
use stowplan_core::design::Part;
use stowplan_core::scene::{Point, Subject, Target};

/// A press that moves less than this, in view pixels, is a click.
const DRAG_DISTANCE: f64 = 4.0;

/// What is being dragged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cargo {
    /// A part from the palette.
    New(Item),
    /// A host, by id.
    Host(String),
    /// A listener rule.
    Rule {
        /// Its listener.
        listener: String,
        /// Its priority.
        priority: u32,
    },
}

impl Cargo {
    /// What the pointer carries, in words.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::New(item) => item.label().into(),
            Self::Host(id) => id.clone(),
            Self::Rule { priority, .. } => format!("rule {priority}"),
        }
    }

    /// What a target can be dragged as, `None` if it cannot.
    fn of(target: &Target) -> Option<Self> {
        match target.part()? {
            Part::ContainerInstance(id) => Some(Self::Host(id.clone())),
            Part::Rule(listener, priority) => Some(Self::Rule {
                listener: listener.clone(),
                priority: *priority,
            }),
            Part::Zone(_)
            | Part::Cluster(_)
            | Part::TaskDefinition(_)
            | Part::Service(_)
            | Part::LoadBalancer(_)
            | Part::Listener(_)
            | Part::TargetGroup(_) => None,
        }
    }
}

/// What a pressed button means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// Select, drag, place.
    Primary,
    /// Move the picture: the middle button, or any while Space is held.
    Pan,
}

/// Something the pointer did. Places are in view pixels.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Pressed on the canvas.
    Down {
        /// Where.
        at: Point,
        /// With what.
        button: Button,
    },
    /// Pressed on an item of the palette.
    PaletteDown {
        /// Which.
        item: Item,
        /// Where.
        at: Point,
    },
    /// Moved, pressed or not.
    Move {
        /// Where to.
        at: Point,
    },
    /// Released.
    Up {
        /// Where.
        at: Point,
        /// Whether that is on the canvas.
        on_canvas: bool,
    },
}

/// The state of the gesture.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Tool {
    /// Nothing is pressed.
    #[default]
    Idle,
    /// A palette item was clicked; the next click on the canvas places it.
    Armed {
        /// Which.
        item: Item,
        /// Where the pointer is, once it was seen on the canvas.
        at: Option<Point>,
    },
    /// Pressed on the canvas, not moved yet.
    Pressed {
        /// What lies under it.
        target: Option<Target>,
        /// Where.
        from: Point,
    },
    /// Pressed on the palette, not moved yet.
    PalettePressed {
        /// Which item.
        item: Item,
        /// Where.
        from: Point,
    },
    /// The picture is being moved.
    Panning {
        /// Where the pointer was last.
        last: Point,
    },
    /// Something is being dragged.
    Carrying {
        /// What.
        cargo: Cargo,
        /// Where.
        at: Point,
    },
}

fn is_drag(from: Point, to: Point) -> bool {
    (from.x - to.x).abs().max((from.y - to.y).abs()) >= DRAG_DISTANCE
}

impl Tool {
    /// The next state, and what the user meant. `under` is what lies under the pointer.
    #[must_use]
    pub fn on(self, event: &Event, under: Option<Target>) -> (Self, Vec<Intent>) {
        match event {
            Event::Down { at, button } => self.down(*at, *button, under),
            Event::PaletteDown { item, at } => (
                Self::PalettePressed {
                    item: *item,
                    from: *at,
                },
                Vec::new(),
            ),
            Event::Move { at } => self.moved(*at),
            Event::Up { at, on_canvas } => self.up(*at, *on_canvas),
        }
    }

    fn down(self, at: Point, button: Button, under: Option<Target>) -> (Self, Vec<Intent>) {
        match (self, button) {
            (_, Button::Pan) => (Self::Panning { last: at }, Vec::new()),
            (Self::Armed { item, .. }, Button::Primary) => {
                (Self::Idle, vec![Intent::Place { item, at }])
            }
            (_, Button::Primary) => (
                Self::Pressed {
                    target: under,
                    from: at,
                },
                Vec::new(),
            ),
        }
    }

    fn moved(self, at: Point) -> (Self, Vec<Intent>) {
        match self {
            Self::Idle => (Self::Idle, Vec::new()),
            Self::Armed { item, .. } => (Self::Armed { item, at: Some(at) }, Vec::new()),
            Self::Pressed { target, from } if is_drag(from, at) => {
                Self::begin_drag(target, from, at)
            }
            Self::PalettePressed { item, from } if is_drag(from, at) => (
                Self::Carrying {
                    cargo: Cargo::New(item),
                    at,
                },
                Vec::new(),
            ),
            Self::Panning { last } => {
                let pan = Intent::Pan {
                    dx: at.x - last.x,
                    dy: at.y - last.y,
                };
                (Self::Panning { last: at }, vec![pan])
            }
            Self::Carrying { cargo, .. } => (Self::Carrying { cargo, at }, Vec::new()),
            still @ (Self::Pressed { .. } | Self::PalettePressed { .. }) => (still, Vec::new()),
        }
    }

    /// A host or a rule is carried; dragging anything else moves the picture.
    fn begin_drag(target: Option<Target>, from: Point, at: Point) -> (Self, Vec<Intent>) {
        match target.as_ref().and_then(Cargo::of) {
            Some(cargo) => (Self::Carrying { cargo, at }, Vec::new()),
            None => Self::Panning { last: from }.moved(at),
        }
    }

    fn up(self, at: Point, on_canvas: bool) -> (Self, Vec<Intent>) {
        match self {
            Self::Pressed { target, .. } => (Self::Idle, vec![click(target)]),
            Self::PalettePressed { item, .. } => (Self::Armed { item, at: None }, Vec::new()),
            Self::Carrying { cargo, .. } if on_canvas => {
                (Self::Idle, vec![Intent::Drop { cargo, at }])
            }
            armed @ Self::Armed { .. } => (armed, Vec::new()),
            Self::Idle | Self::Panning { .. } | Self::Carrying { .. } => (Self::Idle, Vec::new()),
        }
    }
}

fn click(target: Option<Target>) -> Intent {
    match target {
        Some(Target::Terminate(id)) => Intent::TerminateInstance(id),
        Some(Target::Subject(Subject::Part(Part::Zone(zone)))) => {
            Intent::Select(Some(Subject::Part(Part::Zone(zone))))
        }
        Some(Target::Subject(subject)) => Intent::Select(Some(subject)),
        None => Intent::Select(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stowplan_core::scene::point;

    const A: Point = point(100.0, 100.0);
    const NEAR: Point = point(102.0, 100.0);
    const FAR: Point = point(150.0, 140.0);

    fn host() -> Option<Target> {
        Some(Target::Subject(Subject::Part(Part::ContainerInstance(
            "i-0a".into(),
        ))))
    }

    /// Plays events over something and collects what was meant.
    fn play(under: &Option<Target>, events: &[Event]) -> (Tool, Vec<Intent>) {
        let mut tool = Tool::default();
        let mut meant = Vec::new();
        for event in events {
            let (next, intents) = tool.on(event, under.clone());
            tool = next;
            meant.extend(intents);
        }
        (tool, meant)
    }

    fn down() -> Event {
        Event::Down {
            at: A,
            button: Button::Primary,
        }
    }

    fn up(at: Point) -> Event {
        Event::Up {
            at,
            on_canvas: true,
        }
    }

    #[test]
    fn a_click_selects_and_a_small_tremor_is_still_a_click() {
        let (tool, meant) = play(&host(), &[down(), Event::Move { at: NEAR }, up(NEAR)]);
        let Some(Target::Subject(subject)) = host() else {
            return;
        };
        assert_eq!(
            (tool, meant),
            (Tool::Idle, vec![Intent::Select(Some(subject))])
        );
        assert_eq!(play(&None, &[down(), up(A)]).1, [Intent::Select(None)]);
    }

    #[test]
    fn a_host_is_carried_and_dropped_and_empty_paper_pans() {
        let (_, meant) = play(&host(), &[down(), Event::Move { at: FAR }, up(FAR)]);
        assert_eq!(
            meant,
            [Intent::Drop {
                cargo: Cargo::Host("i-0a".into()),
                at: FAR
            }]
        );
        let (_, meant) = play(&None, &[down(), Event::Move { at: FAR }, up(FAR)]);
        assert_eq!(meant, [Intent::Pan { dx: 50.0, dy: 40.0 }]);
    }

    #[test]
    fn a_palette_item_is_dragged_or_clicked_then_placed() {
        let press = Event::PaletteDown {
            item: Item::Host,
            at: A,
        };
        let (_, meant) = play(&None, &[press.clone(), Event::Move { at: FAR }, up(FAR)]);
        assert_eq!(
            meant,
            [Intent::Drop {
                cargo: Cargo::New(Item::Host),
                at: FAR
            }]
        );
        let outside = Event::Up {
            at: FAR,
            on_canvas: false,
        };
        assert!(
            play(&None, &[press.clone(), Event::Move { at: FAR }, outside])
                .1
                .is_empty()
        );
        let off = Event::Up {
            at: A,
            on_canvas: false,
        };
        let (_, meant) = play(&None, &[press, off, Event::Move { at: FAR }, down(), up(A)]);
        assert_eq!(
            meant,
            [Intent::Place {
                item: Item::Host,
                at: A
            }]
        );
    }

    #[test]
    fn the_middle_button_pans_over_anything_and_the_cross_terminates() {
        let pan = Event::Down {
            at: A,
            button: Button::Pan,
        };
        let (_, meant) = play(&host(), &[pan, Event::Move { at: FAR }, up(FAR)]);
        assert_eq!(meant, [Intent::Pan { dx: 50.0, dy: 40.0 }]);
        let cross = Some(Target::Terminate("i-0a".into()));
        let (_, meant) = play(&cross, &[down(), up(A)]);
        assert_eq!(meant, [Intent::TerminateInstance("i-0a".into())]);
    }
}
