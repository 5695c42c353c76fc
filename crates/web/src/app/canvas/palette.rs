//! Colour tokens resolved from the style sheet's variables.

use crate::app::dom::css_variable;
use stowplan_core::scene::{HUES, Token};

/// Every colour that a scene can name, as CSS has it now.
#[derive(Clone, PartialEq)]
pub(in crate::app) struct Palette {
    roles: [String; 14],
    hues: Vec<String>,
    pales: Vec<String>,
}

/// Variables of the roles, in the order that `colour` expects.
const ROLES: [&str; 14] = [
    "--ink",
    "--muted",
    "--paper",
    "--bay",
    "--card",
    "--line",
    "--faint",
    "--accent",
    "--amber",
    "--red",
    "--green",
    "--on-hue",
    "--on-pale",
    "--veil",
];

impl Palette {
    /// Reads the variables.
    pub(in crate::app) fn of_page() -> Self {
        Self {
            roles: ROLES.map(css_variable),
            hues: (0..HUES)
                .map(|hue| css_variable(&format!("--hue-{hue}")))
                .collect(),
            pales: (0..HUES)
                .map(|hue| css_variable(&format!("--pale-{hue}")))
                .collect(),
        }
    }

    /// The colour of a token.
    pub(in crate::app) fn colour(&self, token: Token) -> &str {
        match place(token) {
            Place::Role(at) => &self.roles[at],
            Place::Hue(hue) => &self.hues[hue],
            Place::Pale(hue) => &self.pales[hue],
        }
    }
}

/// The variable of the style sheet that holds a token's colour.
pub(in crate::app) fn variable(token: Token) -> String {
    match place(token) {
        Place::Role(at) => ROLES[at].into(),
        Place::Hue(hue) => format!("--hue-{hue}"),
        Place::Pale(hue) => format!("--pale-{hue}"),
    }
}

/// Where the colour of a token stands.
enum Place {
    /// Among [`ROLES`].
    Role(usize),
    /// Among the hues.
    Hue(usize),
    /// Among their pale partners.
    Pale(usize),
}

fn place(token: Token) -> Place {
    Place::Role(match token {
        Token::Hue(hue) => return Place::Hue(usize::from(hue % HUES)),
        Token::Pale(hue) => return Place::Pale(usize::from(hue % HUES)),
        Token::Ink => 0,
        Token::Muted => 1,
        Token::Paper => 2,
        Token::Bay => 3,
        Token::Card => 4,
        Token::Line => 5,
        Token::Faint => 6,
        Token::Accent => 7,
        Token::Amber => 8,
        Token::Red => 9,
        Token::Green => 10,
        Token::OnHue => 11,
        Token::OnPale => 12,
        Token::Veil => 13,
    })
}
