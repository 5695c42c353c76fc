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
        match token {
            Token::Hue(hue) => &self.hues[usize::from(hue % HUES)],
            Token::Pale(hue) => &self.pales[usize::from(hue % HUES)],
            Token::Ink => &self.roles[0],
            Token::Muted => &self.roles[1],
            Token::Paper => &self.roles[2],
            Token::Bay => &self.roles[3],
            Token::Card => &self.roles[4],
            Token::Line => &self.roles[5],
            Token::Faint => &self.roles[6],
            Token::Accent => &self.roles[7],
            Token::Amber => &self.roles[8],
            Token::Red => &self.roles[9],
            Token::Green => &self.roles[10],
            Token::OnHue => &self.roles[11],
            Token::OnPale => &self.roles[12],
            Token::Veil => &self.roles[13],
        }
    }
}
