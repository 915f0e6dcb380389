//! The plain text part of an email.

use super::email::Layout;
use crate::render::clean::joined;

impl Layout<'_> {
    /// The plain text part, around the body's text.
    pub(in crate::render) fn text(&self, body: &str) -> String {
        let colon = self.labels.colon;
        let buttons = self.buttons.iter();
        let buttons: Vec<String> = buttons
            .map(|button| format!("{}{colon} {}", button.label, button.url))
            .collect();
        let unsubscribe = self.unsubscribe.as_ref();
        let unsubscribe =
            unsubscribe.map(|url| format!("{}{colon} {url}", self.labels.stop_reminders));
        let blocks = [
            &self.fields.title,
            body,
            &self.details().join("\n"),
            &buttons.join("\n"),
            &self.footer.join("\n"),
            unsubscribe.as_deref().unwrap_or_default(),
        ];
        joined(&blocks, "\n\n") + "\n"
    }

    /// When and where, and whom to turn to, a line each.
    fn details(&self) -> Vec<String> {
        let (fields, labels) = (self.fields, self.labels);
        let colon = labels.colon;
        let organizer = &fields.organizer;
        let contact = [&*organizer.name, &organizer.phone, &organizer.email];
        let video_url = if self.cancelled {
            ""
        } else {
            &fields.video_url
        };
        let lines = [
            (labels.when, &*self.when()),
            (labels.before, &self.before),
            (labels.place, &fields.location),
            (labels.map, &fields.map_url),
            (labels.video, video_url),
            (labels.contact, &joined(&contact, ", ")),
        ];
        let lines = lines.into_iter().filter(|(_, value)| !value.is_empty());
        lines
            .map(|(label, value)| format!("{label}{colon} {value}"))
            .collect()
    }

    fn when(&self) -> String {
        let when = format!("{}, {}", self.fields.date, self.hours);
        if self.cancelled {
            let labels = self.labels;
            format!("{}{} {when}", labels.cancelled, labels.colon)
        } else {
            when
        }
    }
}
