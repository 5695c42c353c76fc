//! The one door: every intent is carried out here or handed to the file of its kind.

use super::tool::{Event, Tool};
use super::{
    Effect, Intent, Mode, Notice, NoticeTone, Run, SavedState, Session, Sheet, Shown, Tab,
};
use std::sync::Arc;
use stowplan_core::design::Part;
use stowplan_core::id::ServiceIx;
use stowplan_core::scene::{Camera, Point, Subject, Target, point, tasks_waiting};
use stowplan_core::sim::Input;
use stowplan_core::time::Instant;

impl Session {
    /// Carries an intent out and tells what the outside is to do.
    pub fn dispatch(&mut self, intent: Intent) -> Vec<Effect> {
        let before = Arc::clone(self.document());
        let passing = intent.is_passing();
        let mut effects = self.carry_out(intent);
        if !Arc::ptr_eq(&before, self.document()) && before != *self.document() {
            self.saved = SavedState::Pending;
            effects.push(Effect::SaveSoon);
        }
        self.keep_editor();
        let judged = self.run.as_mut().is_some_and(Run::judge);
        self.redraw(!passing || judged);
        self.look_for_hosts();
        self.test_request();
        self.look_back();
        effects
    }

    fn carry_out(&mut self, intent: Intent) -> Vec<Effect> {
        match intent {
            Intent::Edit { edit, merge } => self.edit(*edit, merge),
            Intent::EndTyping => {
                self.history.seal();
                self.typed = None;
            }
            Intent::Editor(intent) => return self.edit_definition(intent),
            Intent::Undo => self.undo(),
            Intent::Redo => self.redo(),
            Intent::Remove(part) => self.remove(part),
            Intent::DeleteSelection => self.delete_selection(),
            Intent::Select(subject) => self.select(subject),
            Intent::Add(item) => self.add(item),
            Intent::Place { item, at } => self.place(item, at),
            Intent::Drop { cargo, at } => self.drop_cargo(cargo, at),
            Intent::Pointer(event) => return self.pointer(&event),
            Intent::Cancel => self.cancel(),
            Intent::HoldSpace(held) => {
                self.space_held = held;
                self.space_spent = false;
            }
            Intent::Pan { dx, dy } => self.move_camera(self.camera.panned(dx, dy)),
            Intent::ZoomAt { at, factor } => self.move_camera(self.camera.zoomed_at(at, factor)),
            Intent::Zoom(factor) => self.move_camera(self.camera.zoomed_at(self.middle(), factor)),
            Intent::ResetZoom => {
                let factor = 1.0 / self.camera.zoom;
                self.move_camera(self.camera.zoomed_at(self.middle(), factor));
            }
            Intent::Fit => self.camera_moved = false,
            Intent::Resize(view) => self.view = view,
            Intent::SetMode(mode) => self.set_mode(mode),
            Intent::TogglePlay => self.toggle_play(),
            Intent::Step => self.with_run(Run::step),
            Intent::Restart => self.with_run(|run| {
                run.set_playing(false);
                run.seek(Instant::ZERO);
            }),
            Intent::NewRun => {
                self.run = None;
                self.new_run(self.seed);
            }
            Intent::SetSpeed(speed) => self.speed = speed,
            Intent::Seek(to) => self.with_run(|run| {
                run.set_playing(false);
                run.seek(to);
            }),
            Intent::SetSeed(seed) => self.new_run(seed),
            Intent::Advance { elapsed_ms } => self.advance(elapsed_ms),
            Intent::TerminateInstance(instance) => self.act(Input::TerminateInstance { instance }),
            Intent::TerminateSelection => self.terminate_selection(),
            Intent::StopTask(task) => self.act(Input::StopTask {
                task: task.to_string(),
                reason: None,
            }),
            Intent::Act(input) => self.act(*input),
            Intent::SetTab(tab) => self.tab = tab,
            Intent::SetRequest(field, text) => self.set_request(field, text),
            Intent::SetQuery(text) => self.set_query(text),
            Intent::FocusQuery => return vec![Effect::FocusQuery],
            Intent::SetInspector(view) => self.inspector = view,
            Intent::CycleTheme => {
                self.theme = self.theme.next();
                return vec![Effect::ApplyTheme(self.theme)];
            }
            Intent::Open(sheet) => self.sheet = Some(sheet),
            Intent::Import { name, text } => {
                self.import(&name, &text);
            }
            Intent::ImportFiles(files) => self.import_files(&files),
            Intent::ImportFailed { name, reason } => self.complain(format!("{name}: {reason}")),
            Intent::ChooseFile => return vec![Effect::ChooseFile],
            Intent::ResetToSample => self.open_design(stowplan_core::design::sample()),
            Intent::Export(name) => return self.export(Some(&name)),
            Intent::ExportAll => return self.export(None),
            Intent::ExportMetrics(format) => return self.export_metrics(format),
            Intent::ExportDesign => return self.export_design(),
            Intent::ExportScenario => return self.export_scenario(),
            Intent::Saved(state) => self.saved = state,
            Intent::DismissNotice => self.notice = None,
        }
        Vec::new()
    }

    /// Says something in the status line.
    pub(super) fn say(&mut self, text: String) {
        self.notice = Some(Notice {
            tone: NoticeTone::Plain,
            text,
        });
    }

    /// Says that something was refused.
    pub(super) fn complain(&mut self, text: String) {
        self.notice = Some(Notice {
            tone: NoticeTone::Bad,
            text,
        });
    }

    fn pointer(&mut self, event: &Event) -> Vec<Effect> {
        let under = self.under(event);
        self.space_spent |= matches!(event, Event::Down { .. });
        if let Event::Move { .. } = event {
            self.hovered = self.hover(under.as_ref());
        }
        let tool = std::mem::take(&mut self.tool);
        let (next, intents) = tool.on(event, under);
        self.tool = next;
        intents
            .into_iter()
            .flat_map(|intent| self.carry_out(intent))
            .collect()
    }

    fn under(&self, event: &Event) -> Option<Target> {
        let at = match event {
            Event::Down { at, .. } | Event::Move { at } | Event::Up { at, .. } => *at,
            Event::PaletteDown { .. } => return None,
        };
        self.scene.hit(self.camera.to_scene(at)).cloned()
    }

    /// What lights up under a pointer that is not pressed: zones are too large for it.
    fn hover(&self, under: Option<&Target>) -> Option<Subject> {
        if self.tool != Tool::Idle {
            return None;
        }
        match under? {
            Target::Subject(Subject::Part(Part::Zone(_))) | Target::Terminate(_) => None,
            Target::Subject(subject) => Some(subject.clone()),
        }
    }

    fn cancel(&mut self) {
        match self.sheet.take() {
            Some(Sheet::Definition) => return self.tell_of_draft(),
            Some(_) => return,
            None => {}
        }
        if std::mem::take(&mut self.tool) == Tool::Idle {
            self.selection = None;
        }
    }

    /// Selects something. A service that is unable to place a task is selected to know why.
    fn select(&mut self, subject: Option<Subject>) {
        self.selection = subject;
        let shown = self.shown();
        let waits = self.selection.as_ref().is_some_and(|subject| {
            let service = service_of(&shown, subject).zip(shown.control);
            service.is_some_and(|(at, control)| tasks_waiting(shown.model, control, at).is_some())
        });
        if waits {
            self.tab = Tab::Explain;
        }
    }

    fn middle(&self) -> Point {
        point(self.view.w / 2.0, self.view.h / 2.0)
    }

    fn move_camera(&mut self, camera: Camera) {
        self.camera = camera;
        self.camera_moved = true;
    }

    fn set_mode(&mut self, mode: Mode) {
        match mode {
            Mode::Design => {
                self.mode = Mode::Design;
                if let Some(run) = &mut self.run {
                    run.set_playing(false);
                }
            }
            Mode::Run => self.with_run(|_| {}),
        }
    }

    /// Shows the run, beginning one with the document where there is none, and does something
    /// with it.
    pub(super) fn with_run(&mut self, act: impl FnOnce(&mut Run)) {
        self.mode = Mode::Run;
        let document = Arc::clone(self.history.design());
        let (runs, seed) = (&mut self.runs, self.seed);
        let run = self.run.get_or_insert_with(|| {
            *runs += 1;
            Run::new(document, seed)
        });
        act(run);
    }

    fn toggle_play(&mut self) {
        let playing = self.is_playing();
        self.with_run(|run| run.set_playing(!playing));
    }

    fn new_run(&mut self, seed: u64) {
        self.seed = seed;
        let script = self.run.take().and_then(Run::into_script);
        match script {
            Some(script) => self.play_script(script),
            None => self.with_run(|_| {}),
        }
        self.say(format!("a new run with seed {seed}"));
    }

    fn advance(&mut self, elapsed_ms: f64) {
        let speed = self.speed;
        if let Some(run) = self.run.as_mut().filter(|run| run.is_playing()) {
            run.advance(elapsed_ms, speed);
        }
    }

    fn terminate_selection(&mut self) {
        if let Some(Subject::Part(Part::ContainerInstance(instance))) = self.selection.clone() {
            self.act(Input::TerminateInstance { instance });
        }
    }
}

/// The service that is selected by its card.
fn service_of(shown: &Shown<'_>, subject: &Subject) -> Option<ServiceIx> {
    match subject {
        Subject::Part(Part::Service(name)) => shown.model.service_named(name),
        Subject::Part(_) | Subject::Task(_) => None,
    }
}
