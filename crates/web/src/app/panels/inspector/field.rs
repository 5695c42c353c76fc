//! One field: shows its value, turns what was typed into an edit when it is left, and says in place
//! what is refused. What was typed stays until it is accepted or given up with Escape.

use crate::app::Ui;
use crate::app::erased::{act, part, text, truth};
use crate::data::form::{Control, Field, Form};
use crate::session::{Intent, Session};
use leptos::prelude::*;
use leptos::web_sys::{Event, HtmlSelectElement, KeyboardEvent};
use stowplan_core::design::PlacementTemplate;

/// A fact of more characters stands below its label.
const LONG: usize = 22;

/// What the components of a field share.
#[derive(Clone, Copy)]
struct Typing {
    ui: Ui,
    field: Memo<Option<Field>>,
    draft: RwSignal<Option<String>>,
    error: RwSignal<Option<String>>,
}

#[component]
pub(super) fn FieldRow(form: Memo<Form>, at: (usize, usize)) -> impl IntoView {
    let field =
        Memo::new(move |_| form.with(|form| form.groups.get(at.0)?.fields.get(at.1).cloned()));
    let typing = Typing {
        ui: Ui::of_page(),
        field,
        draft: RwSignal::new(None),
        error: RwSignal::new(None),
    };
    let label = field.with_untracked(|field| field.as_ref().map(|field| field.label.clone()));
    let label = label.unwrap_or_default();
    let control = field.with_untracked(|field| field.as_ref().map(|field| field.control.clone()));
    let is_area = matches!(control, Some(Control::Lines | Control::Pairs));
    let is_fact = matches!(control, Some(Control::Fact));
    let is_tall = truth(move || {
        let is_long = || field.with(|it| it.as_ref().is_some_and(|it| it.value.len() > LONG));
        is_area || (is_fact && is_long())
    });
    let editor = match control {
        None => ().into_any(),
        Some(Control::Fact) => fact(typing).into_any(),
        Some(Control::Choice(_) | Control::ConditionField { .. } | Control::Template { .. }) => {
            choice(typing, &label).into_any()
        }
        Some(Control::Lines | Control::Pairs) => lines(typing, &label).into_any(),
        Some(Control::Text | Control::Name(_)) => line(typing, &label, "text").into_any(),
        Some(Control::Number { .. } | Control::Attribute { .. }) => {
            line(typing, &label, "numeric").into_any()
        }
        Some(Control::Rate(_)) => line(typing, &label, "decimal").into_any(),
    };
    let complaint = part(move || match typing.error.get() {
        Some(error) => view! { <p class="error" role="alert">{error}</p> }.into_any(),
        None => ().into_any(),
    });
    view! {
        <div class="field" class:tall=is_tall>
            <span class="label">{label}</span>
            {editor}
            {complaint}
        </div>
    }
}

impl Typing {
    fn shown(self) -> String {
        let value = || {
            self.field
                .with(|field| field.as_ref().map(|field| field.value.clone()))
        };
        self.draft.get().or_else(value).unwrap_or_default()
    }

    fn placeholder(self) -> String {
        self.field
            .with(|field| field.as_ref().map(|field| field.default.clone()))
            .unwrap_or_default()
    }

    /// Typing is only checked: half a value is none, and the edit waits until the field is left or
    /// Enter is pressed.
    fn type_in(self, text: String) {
        self.error.set(self.intent(&text).err());
        self.draft.set(Some(text));
    }

    fn leave(self, text: &str) {
        if self.draft.get_untracked().is_some() && self.commit(text) {
            self.draft.set(None);
        }
        self.ui.dispatch(Intent::EndTyping);
    }

    fn give_up(self) {
        self.draft.set(None);
        self.error.set(None);
    }

    fn intent(self, text: &str) -> Result<Intent, String> {
        let intent = self.field.with_untracked(|field| match field {
            Some(field) => field.intent(text),
            None => Err("this field is gone".into()),
        })?;
        let objection = if let Intent::Edit { edit, .. } = &intent {
            self.ui
                .read_untracked(|session: &Session| session.objection(edit))
        } else {
            None
        };
        match objection {
            None => Ok(intent),
            Some(objection) => Err(objection),
        }
    }

    fn commit(self, text: &str) -> bool {
        match self.intent(text) {
            Ok(intent) => {
                self.error.set(None);
                self.ui.dispatch(intent);
                true
            }
            Err(error) => {
                self.error.set(Some(error));
                false
            }
        }
    }
}

fn fact(typing: Typing) -> impl IntoView {
    view! { <span class="value">{text(move || typing.shown())}</span> }
}

fn escape(typing: Typing, event: &KeyboardEvent) {
    if event.key() == "Escape" {
        typing.give_up();
    }
}

fn line(typing: Typing, label: &str, mode: &'static str) -> impl IntoView {
    view! {
        <input
            type="text"
            inputmode=mode
            spellcheck="false"
            autocomplete="off"
            aria-label=label.to_string()
            aria-invalid=text(move || typing.error.get().is_some().to_string())
            placeholder=text(move || typing.placeholder())
            prop:value=text(move || typing.shown())
            on:input=act(move |event: Event| typing.type_in(event_target_value(&event)))
            on:change=act(move |event: Event| typing.leave(&event_target_value(&event)))
            on:keydown=act(move |event: KeyboardEvent| escape(typing, &event))
        />
    }
}

fn lines(typing: Typing, label: &str) -> impl IntoView {
    let rows = text(move || (typing.shown().lines().count() + 1).clamp(2, 8).to_string());
    view! {
        <textarea
            rows=rows
            spellcheck="false"
            aria-label=label.to_string()
            aria-invalid=text(move || typing.error.get().is_some().to_string())
            placeholder=text(move || typing.placeholder())
            prop:value=text(move || typing.shown())
            on:input=act(move |event: Event| typing.type_in(event_target_value(&event)))
            on:change=act(move |event: Event| typing.leave(&event_target_value(&event)))
            on:keydown=act(move |event: KeyboardEvent| escape(typing, &event))
        ></textarea>
    }
}

fn options(field: &Field) -> Vec<String> {
    match &field.control {
        Control::Choice(options) => options.clone(),
        Control::ConditionField { .. } => field.default.split(',').map(String::from).collect(),
        Control::Template { .. } => PlacementTemplate::ALL.map(|it| it.name().into()).to_vec(),
        Control::Fact
        | Control::Text
        | Control::Number { .. }
        | Control::Lines
        | Control::Pairs
        | Control::Attribute { .. }
        | Control::Rate(_)
        | Control::Name(_) => Vec::new(),
    }
}

fn choice(typing: Typing, label: &str) -> impl IntoView {
    let options = Memo::new(move |_| {
        typing
            .field
            .with(|field| field.as_ref().map(options))
            .unwrap_or_default()
    });
    let option = move |name: String| {
        let (value, known) = (name.clone(), name.clone());
        let chosen = truth(move || typing.shown() == known);
        view! { <option value=value prop:selected=chosen>{name}</option> }.into_any()
    };
    view! {
        <select
            aria-label=label.to_string()
            on:change=act(move |event: Event| {
                typing.commit(&event_target_value(&event));
                // What was refused is not shown as if it held.
                event_target::<HtmlSelectElement>(&event).set_value(&typing.shown());
            })
        >
            {part(move || options.get().into_iter().map(option).collect::<Vec<AnyView>>().into_any())}
        </select>
    }
}
