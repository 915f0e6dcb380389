//! The messages that arrive, and their links.

use usher_local::Message;

use super::Town;

/// Whether a message went to somebody of the business.
fn to_staff(message: &Message) -> bool {
    message.to.ends_with("@progrid.example.com")
}

impl Town {
    /// Every message to customers that arrived and was not read yet, oldest first;
    /// they are read now.
    ///
    /// # Panics
    /// When the reading was poisoned.
    pub fn post(&self) -> Vec<Message> {
        self.unread(|message| !to_staff(message))
    }

    /// Every message to staff that arrived and was not read yet, oldest first. A
    /// story need not read them: there is one after each answer.
    ///
    /// # Panics
    /// When the reading was poisoned.
    pub fn news(&self) -> Vec<Message> {
        self.unread(to_staff)
    }

    fn unread(&self, wanted: impl Fn(&Message) -> bool) -> Vec<Message> {
        let mut read = self.read.lock().unwrap();
        let mut messages = self.stack.outbox();
        messages.retain(|message| wanted(message) && read.insert(message.id.clone()));
        messages
    }

    /// The one message that arrived and was not read yet.
    ///
    /// # Panics
    /// When it is not one.
    pub fn the_message(&self) -> Message {
        let mut post = self.post();
        assert_eq!(post.len(), 1, "one message is expected: {post:#?}");
        post.remove(0)
    }

    /// The token of the link in a message.
    ///
    /// # Panics
    /// When it has none.
    pub fn token(message: &Message) -> String {
        message
            .landing_link()
            .unwrap()
            .split_once("token=")
            .unwrap()
            .1
            .to_owned()
    }
}
