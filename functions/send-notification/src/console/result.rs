//! What came of a send, in the words and colours of the log: per person and channel, with
//! what to do next (G8).

use usher_console::{Said, SaidLine, Tone};
use usher_domain::notification::{Delivery, DeliveryStatus, Notification, Status};

/// What came of sending these; what is worst comes first.
pub(super) fn outcome(sent: &[Notification]) -> Said {
    let mut lines: Vec<_> = sent.iter().flat_map(lines).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.tone));
    let (tone, text) = headline(sent);
    Said { tone, text, lines }
}

fn headline(sent: &[Notification]) -> (Tone, String) {
    let count = |wanted: &dyn Fn(&Notification) -> bool| {
        let wanted = |row: &&Notification| wanted(row);
        sent.iter().filter(wanted).count()
    };
    let reached = count(&Notification::accepted);
    let doubtful = count(&|row| !row.accepted() && in_doubt(row));
    let lost = sent.len() - reached - doubtful;
    let whole = count(&|row| row.status() == Status::Sent);
    let of = |reached: usize| match (reached, sent.len()) {
        (1, 1) => "Sent.".to_owned(),
        (some, all) if some == all => format!("Sent to all {all}."),
        (some, all) => format!("Sent to {some} of {all}."),
    };
    if whole == sent.len() {
        return (Tone::Good, of(whole));
    }
    if reached == 0 && doubtful == 0 {
        return (Tone::Bad, "Nothing was sent.".to_owned());
    }
    let mut text = String::new();
    if reached > 0 {
        text = of(reached);
    }
    let mut add = |sentence: String| {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&sentence);
    };
    match (doubtful, sent.len()) {
        (0, _) => {}
        (_, 1) => add("It is not known whether this went out.".to_owned()),
        (some, _) => add(format!("Of {some} it is not known whether it went out.")),
    }
    if lost > 0 {
        add(format!("{lost} got nothing."));
    }
    if reached > whole && lost == 0 && doubtful == 0 {
        add("Not every channel went through.".to_owned());
    }
    (Tone::Warn, text)
}

fn in_doubt(row: &Notification) -> bool {
    row.deliveries.iter().any(|each| each.status.in_doubt())
}

/// The lines of one person: one a channel that was used or meant to be.
fn lines(row: &Notification) -> Vec<SaidLine> {
    let used = |each: &&Delivery| each.status != DeliveryStatus::Skipped;
    let line = |delivery: &Delivery| {
        let tone = tone(delivery.status);
        let mut text = format!("{}, by {}.", row.to_whom(), delivery.channel.label());
        if tone != Tone::Good {
            let reason = delivery.reason.as_deref();
            let said = [Some(delivery.meaning()), reason, row.next_step(delivery)];
            for sentence in said.into_iter().flatten() {
                text.push(' ');
                text.push_str(sentence);
            }
        }
        SaidLine {
            tone,
            mark: delivery.status.label().to_owned(),
            text,
            page: (tone != Tone::Good).then(|| format!("/console/notifications/{}", row.id)),
        }
    };
    row.deliveries.iter().filter(used).map(line).collect()
}

fn tone(status: DeliveryStatus) -> Tone {
    match status {
        DeliveryStatus::Sent | DeliveryStatus::Delivered | DeliveryStatus::Skipped => Tone::Good,
        DeliveryStatus::Dispatching | DeliveryStatus::Unknown => Tone::Warn,
        DeliveryStatus::Failed | DeliveryStatus::Bounced | DeliveryStatus::Complained => Tone::Bad,
    }
}

/// Whether everybody was certainly told, on one channel at least; else why not, in words.
pub(super) fn everybody_told(sent: &[Notification]) -> Result<(), &'static str> {
    if sent.iter().all(Notification::accepted) {
        Ok(())
    } else if sent.iter().any(|row| !row.accepted() && in_doubt(row)) {
        Err("it is not known whether everybody was told")
    } else {
        Err("not everybody was told")
    }
}
