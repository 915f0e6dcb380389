//! The row of an attendee: within their meeting's where they are the lead attendee, else an
//! item of their own.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use usher_domain::{
    answer::{Answer, AnswerChannel},
    channel::Preference,
    contact::{EmailAddress, PhoneNumber},
    id::{AttendeeId, NotificationId},
    language::LanguageTag,
    meeting::{
        Attendee, CalendarRequest, CalendarRequestOutcome, ContactPoint, LeftCalendar, Response,
        Told, Wish,
    },
    text::{Name, Reason},
};

use super::{Kind, Stored, keys::is_zero, row};
use crate::store::KeptAttendee;

row! {
    AttendeeRow of Attendee {
        id: AttendeeId,
        name: Name,
        email: Option<EmailAddress>,
        phone: Option<PhoneNumber>,
        preference: Option<Preference>,
        language: Option<LanguageTag>,
        timezone: Option<Tz>,
        response: Option<Response>,
        last_notification: Option<NotificationId>,
        #[serde(default, skip_serializing_if = "is_zero")]
        shares_address: bool,
        #[serde(default, skip_serializing_if = "is_zero")]
        oldest_link: u32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        told: Vec<Told>,
    } besides { unread }
}

row! {
    KeptAttendeeRow of KeptAttendee {
        attendee: Attendee,
        no_longer_expected: bool,
        former_id: Option<AttendeeId>,
    }
}

impl Kind for Attendee {
    /// 2: says what put the meeting into each calendar that was left.
    const SHAPE: u32 = 2;

    fn write(&self) -> AttendeeRow {
        let mut row = self.to_row();
        row.shorten();
        row
    }

    fn read(mut row: AttendeeRow) -> Option<Self> {
        row.lengthen();
        Self::from_row(row)
    }
}

row! {
    ToldRow of Told {
        #[serde(rename = "at")]
        address: ContactPoint,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        certain: Vec<u64>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        doubtful: Vec<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_calendar: Option<LeftCalendar>,
    }
}

row! {
    LeftCalendarRow of LeftCalendar {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        filed_by: Vec<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        called_off_by: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<CalendarRequest>,
    }
}

row! {
    CalendarRequestRow of CalendarRequest {
        up_to: u64,
        outcome: CalendarRequestOutcome,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_taken_back: bool,
    }
}

/// What stands for the attendee's own address in what was told to it: an item is written
/// with every answer, and costs by its size.
const OWN_EMAIL: &str = "email";
/// The same for their own number.
const OWN_PHONE: &str = "phone";

impl AttendeeRow {
    /// Their own addresses, as they stand in what was told, each with what stands for it.
    fn own(&self) -> [(Option<String>, &'static str); 2] {
        let email = self.email.as_ref().map(ToString::to_string);
        let phone = self.phone.as_ref().map(ToString::to_string);
        [(email, OWN_EMAIL), (phone, OWN_PHONE)]
    }

    pub(super) fn shorten(&mut self) {
        let own = self.own();
        for told in &mut self.told {
            let is_own = |(own, _): &&(Option<String>, _)| own.as_ref() == Some(&told.address);
            if let Some((_, short)) = own.iter().find(is_own) {
                (*short).clone_into(&mut told.address);
            }
        }
    }

    pub(super) fn lengthen(&mut self) {
        let own = self.own();
        for told in &mut self.told {
            let stands_for = |(_, short): &&(_, &str)| told.address == *short;
            if let Some((Some(long), _)) = own.iter().find(stands_for) {
                told.address.clone_from(long);
            }
        }
    }
}

/// The number, or the email address: a number begins with a plus and has no at sign.
impl Stored for ContactPoint {
    type Row = String;
    fn to_row(&self) -> String {
        match self {
            Self::Email(address) => address.to_string(),
            Self::Phone(number) => number.as_str().to_owned(),
        }
    }
    fn from_row(row: String) -> Option<Self> {
        if row.contains('@') {
            EmailAddress::parse(&row).ok().map(Self::Email)
        } else {
            PhoneNumber::from_e164(&row).ok().map(Self::Phone)
        }
    }
}

row! {
    ResponseRow of Response {
        answer: Answer,
        revision: u32,
        at: DateTime<Utc>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wish: Option<Wish>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<AnswerChannel>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u64>,
    }
}

row! {
    WishRow of Wish {
        preferred_times: Option<Reason>,
        reason: Option<Reason>,
    }
}
