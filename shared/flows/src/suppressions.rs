//! Addresses and numbers that nothing is sent to: because of what came back from them (G6), of
//! what their owners said, or because somebody of the staff says so (S10). And staff who set and
//! lift that, with who and why.

use usher_cloud::Changes;
use usher_domain::{
    Failure,
    actor::Actor,
    channel::Channel,
    contact::{EmailAddress, PhoneNumber},
    dealt_with::DealtWith,
    id::TimelineKey,
    opt_out::{OptOut, OptOutSource},
    suppression::{AddressSuppression, SuppressionCause},
    timeline::{TimelineEntry, TimelineKind},
};

use crate::{App, transact::Interrupted};

/// Everything that nothing is sent to.
#[derive(Debug)]
pub struct Suppressed {
    /// The numbers, those that wait for staff first; then in the order of their digits.
    pub numbers: Vec<OptOut>,
    /// The email addresses, in alphabetical order.
    pub addresses: Vec<AddressSuppression>,
    /// How many addresses are stored but cannot be read.
    pub unreadable: usize,
}

/// What is known of one.
#[derive(Debug)]
pub enum Suppression {
    /// Of an email address.
    Address(AddressSuppression),
    /// Of a number.
    Number(OptOut),
}

/// An address or a number, as it was asked for.
enum Subject {
    Address(EmailAddress),
    Number(PhoneNumber),
}

/// Whether staff may lift what keeps SMS from a number: AWS would deliver none to one on the
/// account's own list.
pub fn can_be_lifted(opt_out: &OptOut) -> bool {
    opt_out.source != OptOutSource::Account
}

/// All of them.
///
/// # Errors
/// [`Failure::Unavailable`] when they cannot be read.
pub async fn list(app: &App) -> Result<Suppressed, Failure> {
    let (mut numbers, addresses) =
        futures::try_join!(app.store.opt_outs(), app.store.address_suppressions())?;
    numbers.sort_by_key(|each| !each.is_held());
    Ok(Suppressed {
        numbers,
        addresses: addresses.rows,
        unreadable: addresses.unreadable,
    })
}

/// Has nothing sent to an address or a number any more; or confirms what a number's owner wrote.
/// What is opted out already stays as it is.
///
/// # Errors
/// [`Failure::BadRequest`] when it is neither an email address nor a phone number;
/// [`Failure::Refused`] when it was changed meanwhile; [`Failure::Unavailable`].
pub async fn opt_out(
    app: &App,
    subject: &str,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<Suppression, Failure> {
    match parse(app, subject).await? {
        Some(Subject::Address(address)) => {
            let suppression = opt_out_address(app, &address, dealt, actor).await?;
            Ok(Suppression::Address(suppression))
        }
        Some(Subject::Number(number)) => {
            let opt_out = opt_out_number(app, &number, dealt, actor).await?;
            Ok(Suppression::Number(opt_out))
        }
        None => Err(Failure::BadRequest {
            detail: "Name an email address, or a phone number like +12025550123.".to_owned(),
        }),
    }
}

/// Has an address or a number be written to again. An address is taken off the account's own
/// list first, which would keep SES from trying. Again is no error, and changes nothing here.
///
/// # Errors
/// [`Failure::NotFound`] when nothing ever kept it; [`Failure::Refused`] for a number that is on
/// the account's own list, or that was changed meanwhile; [`Failure::Unavailable`] when SES or
/// the store did not do its part.
pub async fn lift(
    app: &App,
    subject: &str,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<Suppression, Failure> {
    match parse(app, subject).await? {
        Some(Subject::Address(address)) => {
            let lifted = lift_address(app, &address, dealt, actor).await?;
            Ok(Suppression::Address(lifted))
        }
        Some(Subject::Number(number)) => {
            let lifted = lift_number(app, &number, dealt, actor).await?;
            Ok(Suppression::Number(lifted))
        }
        None => Err(unknown()),
    }
}

fn unknown() -> Failure {
    Failure::NotFound {
        what: "suppression",
    }
}

/// Reads an address or a number as people write it.
async fn parse(app: &App, subject: &str) -> Result<Option<Subject>, Failure> {
    if subject.contains('@') {
        return Ok(EmailAddress::parse(subject).ok().map(Subject::Address));
    }
    if let Ok(number) = PhoneNumber::from_e164(subject.trim()) {
        return Ok(Some(Subject::Number(number)));
    }
    let region = app.settings().await?.sms.default_region;
    let number = PhoneNumber::parse(subject, region).ok();
    Ok(number.map(Subject::Number))
}

async fn opt_out_address(
    app: &App,
    address: &EmailAddress,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<AddressSuppression, Failure> {
    app.transact(|| async {
        let known = app.store.suppression(address).await?;
        if let Some(known) = &known
            && known.holds()
            && known.cause == SuppressionCause::Staff
        {
            return Ok(known.clone());
        }
        let new = AddressSuppression::by_staff(address, known.as_ref(), dealt);
        let changes = Changes::by(actor).suppression(&new, known.as_ref());
        app.commit(changes).await?;
        Ok(new)
    })
    .await
}

async fn lift_address(
    app: &App,
    address: &EmailAddress,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<AddressSuppression, Failure> {
    let known = || async { app.store.suppression(address).await?.ok_or_else(unknown) };
    known().await?;
    app.mail.lift_suppression(address).await?;
    app.transact(|| async {
        let known = known().await?;
        if !known.holds() {
            return Ok(known);
        }
        let lifted = AddressSuppression {
            lifted: Some(dealt.clone()),
            ..known.clone()
        };
        let changes = Changes::by(actor).suppression(&lifted, Some(&known));
        app.commit(changes).await?;
        Ok(lifted)
    })
    .await
}

async fn opt_out_number(
    app: &App,
    number: &PhoneNumber,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<OptOut, Failure> {
    let known = app.store.opt_out_of(number).await?;
    if let Some(known) = &known
        && known.holds()
        && !known.is_held()
    {
        return Ok(known.clone());
    }
    let did = match &known {
        Some(known) if known.is_held() => "confirmed that their number wants no SMS",
        _ => "opted their number out of SMS",
    };
    let new = OptOut::by_staff(number, known.clone(), dealt);
    settle(app, &new, known.as_ref(), (did, dealt), actor).await?;
    Ok(new)
}

async fn lift_number(
    app: &App,
    number: &PhoneNumber,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<OptOut, Failure> {
    let known = app.store.opt_out_of(number).await?.ok_or_else(unknown)?;
    if !known.holds() {
        return Ok(known);
    }
    if !can_be_lifted(&known) {
        return Err(Failure::Refused {
            code: "on_account_list",
            reason: "AWS keeps this number on the account's own opt-out list and would deliver nothing to it. Its owner takes it off by texting START.".to_owned(),
        });
    }
    let lifted = OptOut {
        lifted: Some(dealt.clone()),
        ..known.clone()
    };
    let did = "had SMS sent to their number again";
    settle(app, &lifted, Some(&known), (did, dealt), actor).await?;
    Ok(lifted)
}

/// Writes what staff say of a number over what they knew of it, and tells the timeline of the
/// meeting that it was last written to about. What came in meanwhile is not written over: it may
/// be its owner's word.
async fn settle(
    app: &App,
    new: &OptOut,
    known: Option<&OptOut>,
    (did, dealt): (&str, &DealtWith),
    actor: &Actor,
) -> Result<(), Failure> {
    let mut changes = Changes::by(actor).settle_opt_out(new, known);
    if let Some(row) = app.store.last_message_to(&new.number).await? {
        let note = dealt.note.as_ref().map(|note| format!(": {note}"));
        let text = format!(
            "{} {did} ({}){}",
            dealt.by,
            row.recipient.name,
            note.unwrap_or_default()
        );
        let entry = TimelineEntry {
            attendee_id: Some(row.recipient.id.clone()),
            channel: Some(Channel::Sms),
            ..TimelineEntry::of_meeting(dealt.at, TimelineKind::OptOut, text)
        };
        let place = TimelineKey::of(row.meeting_id());
        changes = changes.entry(place, &entry, &app.rng.random_id());
    }
    match app.commit(changes).await {
        Ok(()) => Ok(()),
        Err(Interrupted::Conflict) => Err(Failure::Refused {
            code: "changed_meanwhile",
            reason: "What is known of this number has changed just now. Look at it again."
                .to_owned(),
        }),
        Err(Interrupted::Failed(failure)) => Err(failure),
    }
}
