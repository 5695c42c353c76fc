//! The one signal of the app and its one door.

use super::outside;
use crate::session::{Intent, Session, Stamp};
use gloo::timers::callback::Timeout;
use leptos::prelude::*;

type Reading<T> = Box<dyn Fn(&Session) -> T + Send + Sync>;

/// Handed to every component through the context.
#[derive(Clone, Copy)]
pub struct Ui {
    session: RwSignal<Session>,
    /// Goes up when colours change, so that canvases are painted again.
    pub(super) colours: RwSignal<u32>,
    /// The text of the document that this tab last read from the browser's storage or wrote there.
    pub(super) kept: StoredValue<Option<String>, LocalStorage>,
    /// The autosave that waits for typing to pause.
    pub(super) pending_save: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Ui {
    pub(super) fn new(session: Session, kept: Option<String>) -> Self {
        Self {
            session: RwSignal::new(session),
            colours: RwSignal::new(0),
            kept: StoredValue::new_local(kept),
            pending_save: StoredValue::new_local(None),
        }
    }

    /// The handle of the page that the calling component is part of.
    pub(super) fn of_page() -> Self {
        expect_context()
    }

    /// Carries out what the user means, then what the outside is to do about it.
    pub(super) fn dispatch(&self, intent: Intent) {
        let effects = self.session.try_update(|session| session.dispatch(intent));
        for effect in effects.unwrap_or_default() {
            outside::perform(*self, effect);
        }
    }

    /// Reads the session without depending on it.
    pub(super) fn read_untracked<T>(&self, read: impl FnOnce(&Session) -> T) -> T {
        self.session.with_untracked(read)
    }

    /// A cheap reading that is compared after every intent.
    pub(super) fn memo<T>(self, read: impl Fn(&Session) -> T + Send + Sync + 'static) -> Memo<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        let read: Reading<T> = Box::new(read);
        self.memo_of(read)
    }

    /// Apart from the type of the closure, so that there is one code for each type of value.
    fn memo_of<T: PartialEq + Send + Sync + 'static>(self, read: Reading<T>) -> Memo<T> {
        Memo::new(move |_| self.session.with(&read))
    }

    /// A reading that is made again only when the shown design, the run or the selection changed.
    pub(super) fn slow_memo<T>(
        self,
        read: impl Fn(&Session) -> T + Send + Sync + 'static,
    ) -> Memo<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        self.slow_memo_with(|_| 0, read)
    }

    /// The same, made again also when a counter has another value.
    pub(super) fn slow_memo_with<T>(
        self,
        counter: fn(&Session) -> u64,
        read: impl Fn(&Session) -> T + Send + Sync + 'static,
    ) -> Memo<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        let read: Reading<T> = Box::new(read);
        self.slow_memo_of(counter, read)
    }

    fn slow_memo_of<T: PartialEq + Send + Sync + 'static>(
        self,
        counter: fn(&Session) -> u64,
        read: Reading<T>,
    ) -> Memo<T> {
        let key = self.memo(move |session| {
            let Stamp { design, run, .. } = session.stamp();
            (design, run, session.selection().cloned(), counter(session))
        });
        Memo::new(move |_| {
            // Reading is what subscribes; the key itself does not matter.
            key.with(|_| ());
            self.session.with_untracked(&read)
        })
    }
}
