//! Staff look at whom messages of coming meetings will not reach, and why (G11). Changes
//! nothing.
//!
//! A page looks at up to 99 meetings and about 300 attendees, whether or
//! not any of them is listed. It takes one query and one batch for the meetings, one query for
//! all templates, one for each meeting of several attendees, and a batch for every 33
//! attendees' numbers and addresses, each of which costs a read unit. Nothing is written. SES
//! is asked for the sender at most once in some minutes.

mod place;

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use usher_cloud::{Readable, if_readable};
use usher_domain::{
    Failure,
    meeting::{Attendee, Meeting},
    reach::{MessagesToCome, Unreached, is_coming},
    send::Deliverability,
    settings::Settings,
    template::Template,
};

use crate::{
    App, Cursor, Page,
    context::Contacts,
    queries::{template_of, templates},
};
use place::Place;
pub use place::{Asked, DAYS};

/// How many meetings a page looks at: with one more, which tells whether there are more, they
/// are one batch.
const MEETINGS: usize = 99;
/// How many attendees a page looks at, when they are of several meetings; and of one meeting.
const ATTENDEES: usize = 300;
/// How many attendees are looked at to count those who cannot be reached: two batches.
const COUNTED: usize = 66;
/// How many meetings are read with their attendees at once.
const CROWDS_AT_ONCE: usize = 8;

/// One page of those whom messages do not reach.
#[derive(Debug)]
pub struct ReachPage {
    /// The meetings that have any, earliest first.
    pub meetings: Vec<UnreachedOfMeeting>,
    /// The range that is looked at.
    pub range: (DateTime<Utc>, DateTime<Utc>),
    /// How many meetings and templates of this page could not be read; the log has their keys.
    pub unreadable: usize,
    /// Where the list goes on; none at its end.
    pub next: Option<Cursor>,
}

/// A meeting with those of its attendees whom messages do not reach.
#[derive(Debug)]
pub struct UnreachedOfMeeting {
    /// The meeting.
    pub meeting: Meeting,
    /// Its template, when it has one.
    pub template: Option<Template>,
    /// The attendees, in their order; never empty.
    pub attendees: Vec<Unreached>,
}

/// How many cannot be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReachCount {
    /// How many of those who were looked at no message reaches.
    pub unreachable: usize,
    /// Whether not everybody was looked at.
    pub partial: bool,
}

/// The attendees of meetings that start in a range whom messages do not reach, soonest first,
/// `limit` of them at most. A page may have fewer and still go on.
///
/// # Errors
/// [`Failure::BadRequest`] when the range cannot be, or the cursor belongs to another list.
pub async fn page(
    app: &App,
    settings: &Settings,
    asked: Asked,
    cursor: Option<&Cursor>,
    limit: usize,
    now: DateTime<Utc>,
) -> Result<ReachPage, Failure> {
    let place = Place::of(asked, cursor, now)?;
    let (looked, templates) = futures::try_join!(look(app, &place, now), templates(app))?;
    let attendees = looked.meetings.iter().flat_map(Looked::attendees);
    let contacts = Contacts::of(attendees);
    let suppressions = app.suppressions(settings, &contacts, now).await?;
    let deliverability = Deliverability {
        settings,
        suppressions: &suppressions,
    };
    let mut page = ReachPage {
        meetings: Vec::new(),
        range: (place.from, place.to),
        unreadable: looked.unreadable + templates.unreadable,
        next: looked.next.map(|next| next.cursor(asked)),
    };
    let mut room = limit;
    for each in looked.meetings {
        let template = template_of(&each.meeting, &templates.rows);
        let (unreached, rest) = each.unreached(template, deliverability, room, now);
        room -= unreached.len();
        if !unreached.is_empty() {
            page.meetings.push(UnreachedOfMeeting {
                template: template.cloned(),
                meeting: each.meeting,
                attendees: unreached,
            });
        }
        if let Some(rest) = rest {
            page.next = Some(rest.cursor(asked));
            break;
        }
    }
    Ok(page)
}

/// How many attendees of the next [`DAYS`] no message reaches: among those that one
/// [`page`] looks at, at its cost.
///
/// # Errors
/// [`Failure::Unavailable`] when what decides about it cannot be read.
pub async fn ahead(
    app: &App,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<ReachCount, Failure> {
    let from_now = Asked {
        from: None,
        to: None,
    };
    let found = page(app, settings, from_now, None, ATTENDEES, now).await?;
    let attendees = found.meetings.iter().flat_map(|each| &each.attendees);
    Ok(ReachCount {
        unreachable: attendees.filter(|each| each.is_unreachable()).count(),
        partial: found.next.is_some() || found.unreadable > 0,
    })
}

/// How many attendees no message reaches, among the first of these meetings as lists show
/// them: it costs nothing when none of them is coming, else up to three requests. The crowds
/// behind their leads are not read.
///
/// # Errors
/// [`Failure::Unavailable`] when what decides about it cannot be read.
pub async fn count(
    app: &App,
    settings: &Settings,
    meetings: &[Meeting],
    now: DateTime<Utc>,
) -> Result<ReachCount, Failure> {
    let coming: Vec<_> = meetings
        .iter()
        .filter(|each| is_coming(each, now))
        .collect();
    let (counted, rest) = coming.split_at(coming.len().min(COUNTED));
    if counted.is_empty() {
        return Ok(ReachCount::default());
    }
    let contacts = Contacts::of(counted.iter().filter_map(|each| each.lead()));
    let from_templates = counted.iter().any(|each| each.template_id.is_some());
    let templates = async {
        match from_templates {
            true => templates(app).await,
            false => Ok(Readable::default()),
        }
    };
    let suppressions = app.suppressions(settings, &contacts, now);
    let (templates, suppressions) = futures::try_join!(templates, suppressions)?;
    let deliverability = Deliverability {
        settings,
        suppressions: &suppressions,
    };
    let is_unreachable = |meeting: &&&Meeting| {
        let template = template_of(meeting, &templates.rows);
        let messages = MessagesToCome::of(meeting, template, now);
        let lead = meeting.lead();
        let found = lead.and_then(|lead| messages.unreached(lead, deliverability));
        found.is_some_and(|found| found.is_unreachable())
    };
    let not_whole = counted.iter().any(|each| each.others.is_some());
    Ok(ReachCount {
        unreachable: counted.iter().filter(is_unreachable).count(),
        partial: not_whole || !rest.is_empty() || templates.unreadable > 0,
    })
}

/// What one page looks at.
struct Look {
    meetings: Vec<Looked>,
    /// How many meetings could not be read.
    unreadable: usize,
    /// Where what was not looked at begins.
    next: Option<Place>,
}

/// A coming meeting with the part of its attendees that is looked at.
struct Looked {
    meeting: Meeting,
    /// Where it begins in the list, or its part does.
    place: Place,
    /// The part, in the order of [`Meeting::everybody`].
    part: std::ops::Range<usize>,
}

impl Looked {
    fn attendees(&self) -> impl Iterator<Item = &Attendee> {
        let Self { meeting, part, .. } = self;
        meeting.everybody().skip(part.start).take(part.len())
    }

    /// Up to `room` of them whom messages do not reach; and where the rest begins, where there
    /// are more.
    fn unreached(
        &self,
        template: Option<&Template>,
        deliverability: Deliverability<'_>,
        room: usize,
        now: DateTime<Utc>,
    ) -> (Vec<Unreached>, Option<Place>) {
        let messages = MessagesToCome::of(&self.meeting, template, now);
        let mut found = Vec::new();
        let mut rest = self.place.clone();
        for attendee in self.attendees() {
            if let Some(unreached) = messages.unreached(attendee, deliverability) {
                if found.len() == room {
                    return (found, Some(rest));
                }
                found.push(unreached);
            }
            rest.within = Some((self.meeting.id.clone(), attendee.id.clone()));
        }
        (found, None)
    }
}

/// Reads what the page that begins there looks at.
async fn look(app: &App, place: &Place, now: DateTime<Utc>) -> Result<Look, Failure> {
    let Page {
        rows,
        mut unreadable,
        next,
    } = list(app, place, now).await?;
    let mut next = next.map(|next| place.going_on(next));
    // Each begins behind the one before it.
    let behind = rows
        .iter()
        .map(|row| app.store.behind(place.from, place.to, row));
    let mut places = vec![place.clone()];
    places.extend(behind.map(|behind| place.going_on(behind)));
    let mut meetings = Vec::new();
    for (place, whole) in places.into_iter().zip(whole(app, rows, now).await?) {
        let Some(whole) = whole else {
            unreadable += 1;
            continue;
        };
        if is_coming(&whole, now) {
            let (looked, rest) = part(whole, place);
            meetings.push(looked);
            if let Some(rest) = rest {
                next = Some(rest);
                break;
            }
        }
    }
    Ok(Look {
        meetings,
        unreadable,
        next,
    })
}

/// The meetings that the page looks at which begins there, as lists show them.
async fn list(app: &App, place: &Place, now: DateTime<Utc>) -> Result<Page<Meeting>, Failure> {
    let behind = place.behind.as_ref();
    let list = app.store.meetings(place.from, place.to, behind, MEETINGS);
    let mut list = list.await?;
    let fitting = fitting(&list.rows, now);
    if fitting < list.rows.len() {
        list.rows.truncate(fitting);
        let last = list.rows.last();
        list.next = last.map(|last| app.store.behind(place.from, place.to, last));
    }
    Ok(list)
}

/// How many of these meetings a page looks at: the first, and what follows as long as they
/// have no more attendees together than it looks at.
fn fitting(rows: &[Meeting], now: DateTime<Utc>) -> usize {
    let mut attendees = 0;
    let fits = |meeting: &&Meeting| {
        attendees += match is_coming(meeting, now) {
            true => meeting.attendee_count(),
            false => 0,
        };
        attendees <= ATTENDEES
    };
    let fitting = rows.iter().take_while(fits).count();
    fitting.max(1).min(rows.len())
}

/// These meetings with all attendees of those that are coming; none in the place of one that
/// cannot be read so.
async fn whole(
    app: &App,
    rows: Vec<Meeting>,
    now: DateTime<Utc>,
) -> Result<Vec<Option<Meeting>>, Failure> {
    let whole = rows.into_iter().map(|meeting| async move {
        match &meeting.others {
            Some(_) if is_coming(&meeting, now) => {
                Ok::<_, Failure>(if_readable(app.store.meeting(&meeting.id).await)?)
            }
            _ => Ok(Some(meeting)),
        }
    });
    let whole = stream::iter(whole).buffered(CROWDS_AT_ONCE);
    whole.try_collect().await
}

/// The part of a meeting's attendees that is looked at from a place on; and where the rest
/// begins, if it is too large for one page.
fn part(meeting: Meeting, place: Place) -> (Looked, Option<Place>) {
    let within = place.within.as_ref();
    let within = within.filter(|(id, _)| *id == meeting.id);
    let last = within.and_then(|(_, id)| meeting.everybody().position(|each| &each.id == id));
    let start = last.map_or(0, |last| last + 1);
    let end = meeting.everybody().count().min(start + ATTENDEES);
    let rest = meeting.everybody().nth(end).is_some();
    let until = end
        .checked_sub(1)
        .and_then(|end| meeting.everybody().nth(end));
    let rest = rest.then(|| Place {
        within: until.map(|until| (meeting.id.clone(), until.id.clone())),
        ..place.clone()
    });
    let looked = Looked {
        place,
        part: start..end,
        meeting,
    };
    (looked, rest)
}
