//! Every email and SMS that a stand-in accepted, as its receiver would see it. A
//! message is here before the provider's answer is given, and never leaves.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use mail_parser::{MessageParser, PartType};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::disk::Disk;

const FILE: &str = "outbox.jsonl";

/// How a message travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Through SES.
    Email,
    /// Through SNS.
    Sms,
}

/// One accepted message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The provider's message id.
    pub id: String,
    /// How it travelled.
    pub channel: Channel,
    /// Envelope recipients, joined by `", "`; a phone number in E.164.
    pub to: String,
    /// Envelope sender; the origination number or sender id of an SMS, if it named one.
    pub from: Option<String>,
    /// Decoded subject; none for an SMS.
    pub subject: Option<String>,
    /// The plain text part, or the SMS.
    pub text: Option<String>,
    /// The HTML part.
    pub html: Option<String>,
    /// The MIME message as it was handed over.
    pub raw: Option<String>,
    /// When it was accepted, by the stack's clock.
    pub at: DateTime<Utc>,
    /// Email tags, or the SMS's message attributes.
    pub attributes: BTreeMap<String, String>,
}

impl Message {
    /// The link to the landing page that the text part carries, without an action.
    pub fn landing_link(&self) -> Option<&str> {
        self.text
            .as_deref()?
            .split(|c: char| c.is_whitespace() || "<>()\"".contains(c))
            .find(|word| word.contains("/meeting/landing?token=") && !word.contains("&action="))
    }
}

/// The parts of a MIME message that its reader sees.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Decoded subject.
    pub subject: Option<String>,
    /// `text/plain` part.
    pub text: Option<String>,
    /// `text/html` part.
    pub html: Option<String>,
    /// Addresses in From.
    pub from: Vec<String>,
    /// Addresses in To, Cc and Bcc.
    pub recipients: Vec<String>,
}

/// Reads a MIME message; `None` if it is none.
pub(crate) fn read_mime(raw: &[u8]) -> Option<Seen> {
    let mail = MessageParser::default().parse(raw)?;
    let addresses = |header: Option<&mail_parser::Address<'_>>| -> Vec<String> {
        header
            .into_iter()
            .flat_map(mail_parser::Address::iter)
            .filter_map(|address| address.address().map(str::to_owned))
            .collect()
    };
    // Not `body_text`: it would make a text part up from the HTML.
    let text = mail.text_bodies().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    });
    let html = mail.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    });
    Some(Seen {
        subject: mail.subject().map(str::to_owned),
        text,
        html,
        from: addresses(mail.from()),
        recipients: [mail.to(), mail.cc(), mail.bcc()]
            .into_iter()
            .flat_map(addresses)
            .collect(),
    })
}

/// The messages of a stack, oldest first.
#[derive(Debug)]
pub(crate) struct Outbox {
    messages: Mutex<Vec<Message>>,
    disk: Disk,
    /// Who hears of each message as it is accepted.
    listener: Mutex<Option<UnboundedSender<Message>>>,
}

impl Outbox {
    pub(crate) fn open(disk: Disk) -> io::Result<Self> {
        Ok(Self {
            messages: Mutex::new(disk.lines(FILE)?),
            disk,
            listener: Mutex::default(),
        })
    }

    /// Every message that is accepted from now on.
    pub(crate) fn listen(&self) -> UnboundedReceiver<Message> {
        let (sender, receiver) = unbounded_channel();
        let listener = self.listener.lock();
        *listener.unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    /// Keeps `message`; on an error it was not accepted.
    pub(crate) fn accept(&self, message: Message) -> io::Result<()> {
        let mut messages = self.lock();
        self.disk.append(FILE, &message)?;
        if let Ok(listener) = self.listener.lock()
            && let Some(listener) = listener.as_ref()
        {
            // Nobody hears of it once the stack ends.
            let _ = listener.send(message.clone());
        }
        messages.push(message);
        Ok(())
    }

    /// All messages, oldest first.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.lock().clone()
    }

    /// The message with the provider's id `id`.
    pub(crate) fn find(&self, id: &str) -> Option<Message> {
        self.lock().iter().find(|message| message.id == id).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Message>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
