//! The confirmation before something is sent: to whom it goes, and what they read.

use axum::{http::StatusCode, response::Response};
use serde::Serialize;
use usher_api::{meeting::MeetingView, preview::PreviewRecipient, word};
use usher_console::{ConsolePages, PageError, Staff, Styles, action_label, framed, question};
use usher_domain::{
    id::MeetingId,
    kind::{MessageKind, NotificationType},
    send::Whom,
};
use usher_flows::{
    App,
    preview::{self, SendDialog},
};

use crate::{
    console::chosen::{self, SendForm},
    meeting::view,
};

/// From how many attendees on the page offers "everybody" instead of ticking all.
const CROWD: usize = 50;

/// The page.
#[derive(Serialize)]
pub(super) struct Page {
    here: &'static str,
    in_dialog: bool,
    kind: word::NotificationType,
    title: &'static str,
    button: &'static str,
    meeting: MeetingView,
    refusal: Option<String>,
    confirm: Option<String>,
    /// Why the form that was sent did nothing yet.
    pub(super) notice: Option<String>,
    /// Whether anything could go to anybody.
    sends: bool,
    archive: bool,
    recipients: Vec<Row>,
    /// How many of them are attendees: the others are addresses that somebody has left.
    attendees: usize,
    /// Whether those are asked to take the meeting out of their calendars.
    former: bool,
    /// How many of them can be ticked.
    boxes: usize,
    /// Whether there are so many that "everybody" is a choice of its own, and whether
    /// that is chosen.
    crowd: bool,
    everybody: bool,
    shown: usize,
    html: Option<String>,
    pub(super) key: String,
}

/// An attendee as the page lists them.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    recipient: PreviewRecipient,
    reachable: bool,
    ticked: bool,
    /// Whether it is an address that somebody has left.
    former: bool,
}

impl Page {
    pub(super) async fn new(
        app: &App,
        id: &MeetingId,
        kind: NotificationType,
        form: &SendForm,
    ) -> Result<Self, PageError> {
        let chosen = form.attendees();
        let now = app.clock.now();
        let chosen = Whom {
            attendees: chosen.as_deref(),
            former_addresses: form.former_addresses,
        };
        let dialog = preview::dialog(app, id, kind, chosen, form.shown, now).await?;
        let key = app.random_id();
        Ok(Self::of(dialog, kind, form, key))
    }

    fn of(dialog: SendDialog, kind: NotificationType, form: &SendForm, key: String) -> Self {
        let SendDialog { context, preview } = dialog;
        let recipients = preview.recipients.into_iter();
        let recipients: Vec<_> = recipients.map(|each| Row::new(each.into(), form)).collect();
        let attendees = recipients.iter().filter(|each| !each.former).count();
        let crowd = attendees > CROWD;
        Self {
            here: "calendar",
            in_dialog: form.in_dialog,
            kind: kind.into(),
            title: question(kind),
            button: action_label(kind),
            meeting: view(&context),
            refusal: preview.refusal,
            confirm: preview.confirm,
            notice: None,
            sends: recipients.iter().any(|each| each.reachable),
            archive: form.archive,
            html: recipients.get(form.shown).and_then(Row::email),
            boxes: recipients.iter().filter(|each| each.has_box()).count(),
            attendees,
            former: form.former_addresses,
            crowd,
            everybody: crowd && form.whom != chosen::Whom::These,
            recipients,
            shown: form.shown,
            key,
        }
    }

    pub(super) fn show(self, pages: &ConsolePages, staff: &Staff, status: StatusCode) -> Response {
        let styles = self.html.as_deref().map(Styles::of).unwrap_or_default();
        styles.allow_in(pages.page_with(status, "send.html", staff, self))
    }
}

impl Row {
    fn new(recipient: PreviewRecipient, form: &SendForm) -> Self {
        let reachable = !recipient.channels.is_empty();
        let former = recipient.kind.0 == MessageKind::CalendarRemoval;
        let ticked = match form.whom {
            _ if former => form.former_addresses,
            chosen::Whom::Nothing => reachable,
            chosen::Whom::These => form.to.contains(&recipient.attendee_id),
            chosen::Whom::All => false,
        };
        Self {
            recipient,
            reachable,
            ticked,
            former,
        }
    }

    /// Whether they can be ticked one by one.
    fn has_box(&self) -> bool {
        self.reachable && !self.former
    }

    /// The email that goes to them, in its frame.
    fn email(&self) -> Option<String> {
        let html = &self.recipient.message.html;
        (!html.is_empty()).then(|| framed(html))
    }
}
