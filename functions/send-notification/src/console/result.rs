//! What came of a send, in the words and colours of the log: per person and channel, with
//! what to do next (G8).

use usher_console::{Said, SaidLine, Tone};
use usher_domain::notification::{Delivery, DeliveryStatus, Notification, Status};
use usher_flows::SendOutcome;

/// What came of a send, by now; what is worst comes first.
pub(super) fn send_outcome(sent: &SendOutcome) -> Said {
    let so_far = outcome(&sent.notifications);
    if sent.remaining == 0 {
        return so_far;
    }
    let told = sent.notifications.iter();
    let told = told.filter(|row| row.accepted()).count();
    let all = sent.notifications.len() + sent.remaining;
    let goes_on = format!("{told} of {all} told so far; the rest goes out by itself.");
    Said {
        text: match so_far.tone {
            Tone::Good => goes_on,
            Tone::Warn | Tone::Bad => format!("{goes_on} Not everything went through so far."),
        },
        ..so_far
    }
}

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
    let whole = count(&|row| row.status() == Status::Sent);
    if whole == sent.len() {
        return (Tone::Good, sent_to(whole, sent.len()));
    }
    if reached == 0 && doubtful == 0 {
        return (Tone::Bad, "Nothing was sent.".to_owned());
    }
    let lost = sent.len() - reached - doubtful;
    let in_part = reached > whole && lost == 0 && doubtful == 0;
    let sentences = [
        (reached > 0).then(|| sent_to(reached, sent.len())),
        unknown(doubtful, sent.len()),
        (lost > 0).then(|| format!("{lost} got nothing.")),
        in_part.then(|| "Not every channel went through.".to_owned()),
    ];
    let sentences: Vec<_> = sentences.into_iter().flatten().collect();
    (Tone::Warn, sentences.join(" "))
}

fn sent_to(reached: usize, all: usize) -> String {
    match (reached, all) {
        (1, 1) => "Sent.".to_owned(),
        (some, all) if some == all => format!("Sent to all {all}."),
        (some, all) => format!("Sent to {some} of {all}."),
    }
}

fn unknown(doubtful: usize, all: usize) -> Option<String> {
    match (doubtful, all) {
        (0, _) => None,
        (_, 1) => Some("It is not known whether this went out.".to_owned()),
        (some, _) => Some(format!("Of {some} it is not known whether it went out.")),
    }
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
