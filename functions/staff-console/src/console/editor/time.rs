//! How the form speaks of the time of a reminder.

use serde::Serialize;
use serde_json::Value;

/// The units that a reminder's time is said in, the largest first: name and minutes.
const UNITS: [(&str, u64); 3] = [("days", 1_440), ("hours", 60), ("minutes", 1)];

/// A time before the start, as people say it.
#[derive(Serialize)]
pub(super) struct Time {
    amount: String,
    unit: &'static str,
}

impl Time {
    /// That of a reminder trigger: as it was filled in, else in the largest unit that it
    /// is a whole number of.
    pub(super) fn of(trigger: &Value) -> Self {
        let before = &trigger["before"];
        if before.is_object() {
            let unit = UNITS.iter().find(|(unit, _)| before["unit"] == *unit);
            return Self {
                amount: as_typed(&before["amount"]),
                unit: unit.map_or("minutes", |(unit, _)| unit),
            };
        }
        let minutes = &trigger["minutes_before"];
        let Some(number) = minutes.as_u64() else {
            return Self {
                amount: as_typed(minutes),
                unit: "minutes",
            };
        };
        let fits = |(_, minutes): &&(&str, u64)| number > 0 && number % minutes == 0;
        let (unit, per_unit) = UNITS.iter().find(fits).unwrap_or(&("minutes", 1));
        Self {
            amount: (number / per_unit).to_string(),
            unit,
        }
    }

    /// As a sentence has it.
    pub(super) fn said(&self) -> String {
        match self.amount.as_str() {
            "1" => format!("1 {} before", self.unit.trim_end_matches('s')),
            amount => format!("{amount} {} before", self.unit),
        }
    }
}

/// What stands in a field of numbers.
fn as_typed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The template that the form describes: its times, which it says in days, hours or
/// minutes, in minutes. What is no number stays, to be refused by name.
pub(in super::super) fn in_minutes(form: &Value) -> Value {
    let mut v = form.clone();
    let triggers = v.get_mut("reminder_triggers").and_then(Value::as_array_mut);
    for trigger in triggers.into_iter().flatten() {
        let Some(fields) = trigger.as_object_mut() else {
            continue;
        };
        let Some(before) = fields.remove("before") else {
            continue;
        };
        let unit = UNITS.iter().find(|(unit, _)| before["unit"] == *unit);
        let per_unit = unit.map_or(1, |(_, minutes)| *minutes);
        let minutes = match before["amount"].as_u64() {
            Some(amount) => amount.saturating_mul(per_unit).into(),
            None => before["amount"].clone(),
        };
        if !minutes.is_null() {
            fields.insert("minutes_before".to_owned(), minutes);
        }
    }
    v
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_said_in_the_largest_unit_that_it_is_a_whole_number_of() {
        for (minutes, said) in [
            (1_440, "1 day before"),
            (2_880, "2 days before"),
            (60, "1 hour before"),
            (90, "90 minutes before"),
            (1_500, "25 hours before"),
            (1, "1 minute before"),
            (0, "0 minutes before"),
        ] {
            let time = Time::of(&json!({"minutes_before": minutes}));
            assert_eq!(time.said(), said);
            let v = json!({"reminder_triggers": [
                {"before": {"amount": time.amount.parse::<u64>().unwrap(), "unit": time.unit}},
            ]});
            assert_eq!(
                in_minutes(&v)["reminder_triggers"][0],
                json!({"minutes_before": minutes})
            );
        }
    }

    #[test]
    fn a_time_that_is_no_number_stays_to_be_refused() {
        let v = json!({"reminder_triggers": [
            {"before": {"amount": "soon", "unit": "days"}}, {"before": {"unit": "days"}},
        ]});
        let left = json!([{"minutes_before": "soon"}, {}]);
        assert_eq!(in_minutes(&v)["reminder_triggers"], left);
    }
}
