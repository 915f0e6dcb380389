//! The row of who acts.

use serde::{Deserialize, Serialize};
use usher_domain::{actor::Actor, id::AttendeeId};

use super::Stored;

/// Who acts: a word for what they are, and what tells them apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorRow {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// One whom this release cannot tell is none.
impl Stored for Actor {
    type Row = ActorRow;

    fn to_row(&self) -> ActorRow {
        let (kind, id, name) = match self {
            Self::Person { id, name } => ("person", Some(id.clone()), Some(name.clone())),
            Self::Program { id } => ("program", Some(id.clone()), None),
            Self::Customer { id } => ("customer", Some(id.to_string()), None),
            Self::System => ("system", None, None),
        };
        ActorRow {
            kind: kind.to_owned(),
            id,
            name,
        }
    }

    fn from_row(row: ActorRow) -> Option<Self> {
        let ActorRow { kind, id, name } = row;
        match kind.as_str() {
            "person" => Some(Self::Person {
                id: id?,
                name: name?,
            }),
            "program" => Some(Self::Program { id: id? }),
            "customer" => Some(Self::customer(&AttendeeId::parse(&id?).ok()?)),
            "system" => Some(Self::System),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_actor_is_stored_with_its_kind_and_reads_back() {
        let attendee = AttendeeId::parse("a-1").unwrap();
        for (actor, stored) in [
            (
                Actor::person("u-1", "Kim"),
                json!({"kind": "person", "id": "u-1", "name": "Kim"}),
            ),
            (
                Actor::program("crm"),
                json!({"kind": "program", "id": "crm"}),
            ),
            (
                Actor::customer(&attendee),
                json!({"kind": "customer", "id": "a-1"}),
            ),
            (Actor::System, json!({"kind": "system"})),
        ] {
            assert_eq!(serde_json::to_value(actor.to_row()).unwrap(), stored);
            let row = serde_json::from_value(stored).unwrap();
            assert_eq!(Actor::from_row(row), Some(actor));
        }
    }

    #[test]
    fn whom_a_later_release_has_added_is_nobody() {
        let row = json!({"kind": "assistant", "id": "x", "model": "y"});
        let row: ActorRow = serde_json::from_value(row).unwrap();
        assert_eq!(Option::<Actor>::from_row(Some(row)), Some(None));
    }
}
