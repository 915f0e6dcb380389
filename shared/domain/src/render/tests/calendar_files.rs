//! The files of one calendar entry, one after the other, as somebody's calendar gets them.

use chrono::{DateTime, Utc};
use icalendar::{CalendarDateTime, Component as _, DatePerhapsTime};
use proptest::prelude::*;

use super::*;
use crate::{
    id::{AttendeeId, NotificationId},
    meeting::{Attendee, Response},
    notification::{Delivery, DeliveryStatus, Notification},
    send::{once_sent, record_sent, statement},
    values::{answer::Answer, channel::Channel, lease::Lease},
};

/// What happens to a meeting of Ann, who leads it, and Bob.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// It starts so many hours later than at first.
    Move(u8),
    /// Ann, Bob or both are told that it takes place, or that it is off.
    Tell {
        ann: bool,
        bob: bool,
        off: bool,
        certainly: bool,
    },
    /// Bob is no longer expected, or is expected again.
    Bob,
    /// Ann answers.
    Answer,
}

fn any_step() -> impl Strategy<Value = Step> {
    let tell = (any::<bool>(), any::<bool>(), any::<bool>(), 0..5_u8);
    let tell = tell.prop_map(|(ann, bob, off, sure)| Step::Tell {
        ann,
        bob,
        off,
        certainly: sure > 0,
    });
    prop_oneof![
        2 => (0..3_u8).prop_map(Step::Move),
        5 => tell,
        1 => Just(Step::Bob),
        1 => Just(Step::Answer),
    ]
}

/// What another program reads of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Read {
    sequence: u32,
    off: bool,
    starts_at: DateTime<Utc>,
}

fn read(file: &str) -> Read {
    let (calendar, event) = parsed(file);
    let Some(DatePerhapsTime::DateTime(CalendarDateTime::Utc(starts_at))) = event.get_start()
    else {
        panic!("no start: {file}");
    };
    Read {
        sequence: event.get_sequence().unwrap(),
        off: calendar.property_value("METHOD") == Some("CANCEL"),
        starts_at,
    }
}

struct Town {
    meeting: Meeting,
    first: DateTime<Utc>,
    minutes: i64,
    /// The last file that was sent to Ann and to Bob, and whether it certainly arrived.
    had: [Option<(Read, bool)>; 2],
    /// The highest SEQUENCE that certainly arrived.
    arrived: [u32; 2],
    /// Whether it was ever certainly announced to them: else nobody knows what is off for
    /// them.
    announced: [bool; 2],
}

impl Town {
    fn now(&self) -> DateTime<Utc> {
        sample::now() + TimeDelta::minutes(self.minutes)
    }

    fn ids() -> [AttendeeId; 2] {
        let meeting = sample::meeting();
        [0, 1].map(|at| meeting.attendees[at].id.clone())
    }

    fn file(meeting: &Meeting, attendee: &Attendee) -> Read {
        read(&ics(meeting, attendee, None, &sample::settings(), None))
    }

    fn step(&mut self, step: Step) {
        self.minutes += 1;
        match step {
            Step::Move(hours) => {
                let mut details = self.meeting.details.clone();
                details.starts_at = self.first + TimeDelta::hours(hours.into());
                self.meeting.change_details(details);
            }
            Step::Tell {
                ann,
                bob,
                off,
                certainly,
            } => self.tell([ann, bob], off, certainly),
            Step::Bob if self.meeting.attendees.len() > 1 => {
                self.meeting.removed = self.meeting.attendees.split_off(1);
                self.meeting.forget_what_nobody_was_told();
            }
            Step::Bob => {
                let bob = self.meeting.removed.pop();
                let bob = bob.unwrap_or_else(|| {
                    // What he was told is forgotten.
                    self.had[1] = self.had[1].map(|(file, _)| (file, false));
                    self.announced[1] = false;
                    sample::meeting().attendees.swap_remove(1)
                });
                self.meeting.attendees.push(bob);
            }
            Step::Answer => {
                self.meeting.attendees[0].response = Some(Response {
                    answer: Answer::Accept,
                    revision: self.meeting.revision,
                    at: self.now(),
                    wish: None,
                    channel: None,
                    after: Some(self.meeting.highest_statement),
                });
            }
        }
        self.check_downloads();
    }

    /// Sends it to those of them who can be told that.
    fn tell(&mut self, whom: [bool; 2], off: bool, certainly: bool) {
        let kind = match off {
            true => NotificationType::Cancellation,
            false => NotificationType::Confirmation,
        };
        let now = self.now();
        self.meeting.renew_for(kind);
        let config = NotificationConfig::built_in(kind);
        let said = statement(&self.meeting, &config, self.meeting.next_statement(), now);
        let after = once_sent(&self.meeting, &config, said.clone(), now);
        let mut rows = Vec::new();
        for (at, id) in Self::ids()
            .into_iter()
            .enumerate()
            .filter(|(at, _)| whom[*at])
        {
            let expected = self.meeting.attendee(&id).is_some();
            let Some(attendee) = self.meeting.anybody(&id) else {
                continue;
            };
            let can = match off {
                true => self.meeting.needs_cancellation(attendee),
                false => expected,
            };
            if !can {
                continue;
            }
            let then = after.attendee(&id).filter(|_| !off);
            let file = Self::file(&after, then.unwrap_or(attendee));
            rows.push(self.row(attendee, kind, said.number, certainly));
            self.check_email(at, file, off);
            self.had[at] = Some((file, certainly));
            if certainly {
                self.arrived[at] = file.sequence;
                self.announced[at] |= !off;
            }
        }
        if !rows.is_empty() {
            self.meeting = self.meeting.clone().about_to_say(vec![said]);
            record_sent(&mut self.meeting, None, &rows, now);
        }
    }

    fn row(&self, to: &Attendee, kind: NotificationType, said: u64, sure: bool) -> Notification {
        let now = self.now();
        let id = NotificationId::new(&self.meeting.id, &to.id, &said.to_string(), now);
        let config = NotificationConfig::built_in(kind).id;
        let mut row = Notification::about(&self.meeting, to, id, kind.into(), config, now);
        let lease = Lease::new("owner".to_owned(), now);
        let mut delivery = Delivery::dispatching(Channel::Email, None, lease, now);
        delivery.settle(Ok("id".to_owned()), now);
        if !sure {
            delivery.status = DeliveryStatus::Unknown;
        }
        delivery.statement = Some(said);
        row.deliveries = vec![delivery];
        row
    }

    /// A calendar takes the file for newer than what it may have.
    fn check_email(&self, at: usize, file: Read, off: bool) {
        assert_eq!(file.off, off);
        let Some((before, _)) = self.had[at] else {
            return;
        };
        let news = (file.off, file.starts_at) != (before.off, before.starts_at);
        let newer = file.sequence > before.sequence || (!news && file.sequence == before.sequence);
        assert!(newer, "{file:?} after {before:?}");
    }

    /// What a link downloads is no older than what certainly arrived, and says the same for
    /// as long as the meeting is not off.
    fn check_downloads(&self) {
        let off = self.meeting.status == BookingStatus::Cancelled;
        for (at, id) in Self::ids().iter().enumerate() {
            let Some(attendee) = self.meeting.attendee(id) else {
                continue;
            };
            let file = Self::file(&self.meeting, attendee);
            let arrived = self.arrived[at];
            assert!(file.sequence >= arrived, "{file:?} after {arrived}");
            if let Some((had, true)) = self.had[at] {
                let same = file.starts_at == had.starts_at || !self.announced[at];
                assert!(
                    same && file.off == (had.off || off),
                    "{file:?} after {had:?}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_of_an_entry_is_older_than_the_one_before(
        steps in prop::collection::vec(any_step(), 1..20),
    ) {
        let meeting = sample::meeting();
        let first = meeting.details.starts_at;
        let mut town = Town { meeting, first, minutes: 0, had: [None, None], arrived: [0, 0], announced: [false, false] };
        for step in steps {
            town.step(step);
        }
    }
}
