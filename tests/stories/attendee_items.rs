//! Meetings of many: each attendee behind the lead is an item of their own, so that what
//! concerns one of them costs what it does at a meeting of two.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::{Capacity, Message};
use usher_tests::{Reply, Town, meeting, some_of};

use crate::unreadable::{Item, alter};

/// A meeting of so many, each with an id and an address that say which one it is.
fn crowd(of: usize) -> Value {
    let guest = |i: usize| {
        json!({
            "id": format!("g{i}"), "name": format!("Guest {i}"),
            "email": format!("guest{i}@example.com"),
        })
    };
    let mut meeting = meeting();
    meeting["attendees"] = (0..of).map(guest).collect();
    meeting
}

fn names(meeting: &Value) -> Vec<&str> {
    let attendees = meeting["attendees"].as_array().unwrap().iter();
    attendees.map(|each| each["id"].as_str().unwrap()).collect()
}

/// A town with a crowd of which three were asked, and the link of each of the three.
async fn asked(of: usize) -> (Town, Vec<String>) {
    let town = Town::new().await;
    town.book("m-1", &crowd(of)).await;
    let three = json!({"type": "confirmation_request", "attendees": ["g0", "g1", "g2"]});
    town.send_as("k", "m-1", &three).await.ok();
    let post = town.post();
    let to = |who: usize| {
        let theirs = |message: &&Message| message.to == format!("guest{who}@example.com");
        Town::token(post.iter().find(theirs).unwrap())
    };
    let links = (0..3).map(to).collect();
    (town, links)
}

async fn cost(town: &Town, what: impl Future<Output = ()>) -> Capacity {
    town.stack().reset_capacity();
    what.await;
    town.stack().capacity()
}

/// What it costs to look at a link, to answer by it, and to answer as the lead attendee.
async fn costs(of: usize) -> [Capacity; 3] {
    let (town, links) = asked(of).await;
    let looked = cost(&town, async {
        assert_eq!(town.visit(&links[1]).await.status, 200);
    });
    let looked = looked.await;
    let answered = cost(&town, async {
        assert_eq!(town.answer(&links[2], 1, "accept").await.status, 200);
    });
    let answered = answered.await;
    let led = cost(&town, async {
        assert_eq!(town.answer(&links[0], 1, "accept").await.status, 200);
    });
    let led = led.await;
    town.news();
    [looked, answered, led]
}

#[tokio::test]
async fn an_answer_and_a_page_cost_the_same_in_a_crowd_of_any_size() {
    let (few, many) = (costs(3).await, costs(300).await);
    for (few, many) in few.iter().zip(&many) {
        // A longer number may be another kilobyte, written twice in a transaction.
        assert!((few.read - many.read).abs() < 0.6, "{few:?} {many:?}");
        assert!((few.write - many.write).abs() < 2.6, "{few:?} {many:?}");
    }
    let [looked, answered, _] = many;
    assert!(looked.write == 0.0 && looked.read <= 6.0, "{looked:?}");
    assert!(answered.write <= 40.0, "{answered:?}");
}

#[tokio::test]
async fn the_meeting_is_written_by_a_save_and_not_by_an_answer_of_one_behind_the_lead() {
    let (town, links) = asked(5).await;
    let etag = async || town.get("/v1/meetings/m-1").await.header("etag").to_owned();
    let before = etag().await;
    assert_eq!(town.answer(&links[1], 1, "accept").await.status, 200);
    assert_eq!(town.answer(&links[2], 1, "decline").await.status, 200);
    assert_eq!(etag().await, before);
    let seen = town.meeting("m-1").await;
    assert_eq!(seen["attendees"][1]["answer"], "accepted");
    assert_eq!(seen["attendees"][2]["answer"], "declined");
    assert_eq!(seen["status"], "INVITED");
    assert_eq!(town.answer(&links[0], 1, "accept").await.status, 200);
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");
    town.news();
}

#[tokio::test]
async fn a_wish_behind_the_lead_is_seen_in_lists_until_it_is_answered() {
    let (town, links) = asked(3).await;
    let needs = async |town: &Town| {
        let all = town.get("/v1/meetings").await.ok();
        all["meetings"][0]["needs_attention"] == true
    };
    for link in &links[1..] {
        let fields = [
            ("token", link.as_str()),
            ("revision", "1"),
            ("action", "reschedule"),
        ];
        assert_eq!(town.submit(&fields).await.status, 200);
    }
    assert!(needs(&town).await);
    let calendar = town.page("/console").await.text;
    assert!(calendar.contains("Guest 2"), "{calendar}");
    // The last of them comes after all: the other one still waits.
    assert_eq!(town.answer(&links[2], 1, "accept").await.status, 200);
    assert!(needs(&town).await);
    let calendar = town.page("/console").await.text;
    assert!(calendar.contains("Guest 1"), "{calendar}");
    assert_eq!(town.answer(&links[1], 1, "accept").await.status, 200);
    assert!(!needs(&town).await);
    town.news();
}

#[tokio::test]
async fn attendees_stay_in_their_order_whoever_comes_goes_or_leads() {
    let town = Town::new().await;
    let mut booked = crowd(5);
    town.book("m-1", &booked).await;
    let in_order = ["g4", "g1", "new", "g0", "g3"];
    let all = booked["attendees"].as_array().unwrap().clone();
    let named = |id: &&str| {
        let known = all.iter().find(|each| each["id"] == **id).cloned();
        known.unwrap_or_else(|| json!({"id": id, "name": "New", "email": "new@example.com"}))
    };
    booked["attendees"] = in_order.iter().map(named).collect();
    town.put("/v1/meetings/m-1", &booked).await.ok();
    assert_eq!(names(&town.meeting("m-1").await), in_order);
    let list = town.get("/v1/meetings").await.ok();
    assert_eq!(list["meetings"][0]["lead"]["id"], "g4");
    assert_eq!(list["meetings"][0]["attendee_count"], 5);
    assert!(list["meetings"][0].get("attendees").is_none());
    // Nobody but the lead is left, and everybody comes back.
    booked["attendees"] = json!([all[4]]);
    town.put("/v1/meetings/m-1", &booked).await.ok();
    assert_eq!(names(&town.meeting("m-1").await), ["g4"]);
    booked["attendees"] = json!(all);
    town.put("/v1/meetings/m-1", &booked).await.ok();
    assert_eq!(
        names(&town.meeting("m-1").await),
        ["g0", "g1", "g2", "g3", "g4"]
    );
}

#[tokio::test]
async fn a_customer_behind_the_lead_is_found_by_name() {
    let town = Town::new().await;
    town.book("m-1", &crowd(3)).await;
    let found = town.page("/console?q=guest+2").await.text;
    assert!(found.contains("/console/meetings/m-1"), "{found}");
    let missed = town.page("/console?q=guest+7").await.text;
    assert!(!missed.contains("/console/meetings/m-1"), "{missed}");
}

#[tokio::test]
async fn an_attendee_who_cannot_be_read_takes_nobody_with_them_and_is_seen() {
    let (town, links) = asked(4).await;
    let broken = |_: &str, sk: &str, item: &mut Item| {
        let theirs = sk == "MEETING#A#g2";
        if theirs {
            item.insert("email".to_owned(), AttributeValue::N("7".to_owned()));
        }
        theirs
    };
    assert_eq!(alter(&town, broken).await, 1);
    let seen = town.meeting("m-1").await;
    assert_eq!(names(&seen), ["g0", "g1", "g2", "g3"]);
    assert_eq!(seen["attendees"][2]["email"], Value::Null);
    assert_eq!(town.answer(&links[1], 1, "accept").await.status, 200);
    town.news();
}

#[tokio::test]
async fn a_save_of_a_hundred_is_seen_whole() {
    let town = Town::new().await;
    town.book("m-1", &crowd(130)).await;
    let seen = town.meeting("m-1").await;
    assert_eq!(seen["attendees"].as_array().unwrap().len(), 130);
    assert_eq!(seen["attendees"][129]["id"], "g129");
    // Each of them gets another name, and half of them go.
    let mut other = crowd(130);
    let attendees = other["attendees"].as_array_mut().unwrap();
    attendees.retain(|each| each["id"].as_str().unwrap().len() == 4 || each["id"] == "g0");
    for each in attendees.iter_mut() {
        each["name"] = json!(format!("Other {}", each["id"]));
    }
    let kept = attendees.len();
    town.put("/v1/meetings/m-1", &other).await.ok();
    let seen = town.meeting("m-1").await;
    assert_eq!(seen["attendees"].as_array().unwrap().len(), kept);
    let new = |each: &Value| each["name"].as_str().unwrap().starts_with("Other");
    assert!(seen["attendees"].as_array().unwrap().iter().all(new));
    assert_eq!(seen["removed"], json!([]));
}

#[tokio::test]
async fn a_save_of_many_that_is_cut_off_is_finished_and_nothing_is_sent_before() {
    // Behind its reads, what it keeps, the meeting, some of the attendees, all of them.
    let mut half_saved = 0;
    for calls in some_of([20, 2, 3, 70, 4, 5, 73].into_iter(), 3) {
        let town = Town::new().await;
        town.stack().faults().cut_off_after(calls);
        town.put("/v1/meetings/m-1", &crowd(70)).await;
        town.stack().faults().clear();
        let there = town.get("/v1/meetings/m-1").await;
        if there.status == StatusCode::NOT_FOUND {
            assert!(calls < 5, "{calls}");
            continue;
        }
        let asked = json!({"type": "confirmation"});
        let whole = there.ok()["attendees"].as_array().unwrap().len() == 70;
        if !whole {
            half_saved += 1;
            let refused = town.send_as("k", "m-1", &asked).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{calls}");
            let refused = town.put("/v1/meetings/m-1", &crowd(2)).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{calls}");
        }
        town.advance(TimeDelta::minutes(10)).await;
        let seen = town.meeting("m-1").await;
        assert_eq!(seen["attendees"].as_array().unwrap().len(), 70, "{calls}");
        town.send_as("k2", "m-1", &asked).await.ok();
        assert_eq!(town.post().len(), 70, "{calls}");
    }
    assert!(half_saved > 1, "{half_saved} were cut off in between");
}

#[tokio::test]
async fn who_is_gone_with_a_hundred_others_does_not_come_back() {
    let town = Town::new().await;
    town.book("m-1", &crowd(100)).await;
    town.put("/v1/meetings/m-1", &crowd(1)).await.ok();
    assert_eq!(names(&town.meeting("m-1").await), ["g0"]);
    let mut few = crowd(3);
    few["attendees"][2] = json!({"id": "new", "name": "New", "email": "new@example.com"});
    town.put("/v1/meetings/m-1", &few).await.ok();
    assert_eq!(names(&town.meeting("m-1").await), ["g0", "g1", "new"]);
}

/// What runs whole while a request stands still before one of its calls.
async fn meanwhile(
    town: &Town,
    calls: u32,
    held: impl Future<Output = Reply>,
    whole: impl Future<Output = ()>,
) -> Reply {
    let mut hold = town.stack().faults().hold_after(calls);
    let held = async {
        let reply = held.await;
        town.stack().faults().clear();
        reply
    };
    let whole = async {
        if hold.came().await {
            whole.await;
        }
        drop(hold);
    };
    futures::join!(held, whole).0
}

/// Whether an answer of the second attendee was taken.
async fn taken(town: &Town) -> bool {
    let rows = town
        .log("?type=confirmation_request&recipient=guest1@example.com")
        .await;
    let mut answers = rows
        .iter()
        .flat_map(|row| row["answers"].as_array().unwrap());
    answers.any(|answer| answer["stale"] == false)
}

/// An answer of one behind the lead that is being stored while the meeting is called off,
/// moved or put away: nothing is taken for a meeting that is another one by now (N13, L5).
#[rstest]
#[case("cancelled")]
#[case("moved")]
#[case("archived")]
#[tokio::test]
async fn an_answer_alone_is_judged_by_the_meeting_as_it_is_when_it_is_stored(#[case] what: &str) {
    let mut overtaken = 0;
    for calls in 0..8 {
        let (town, links) = asked(3).await;
        // Whether the answer was stored before the change was.
        let first = std::cell::Cell::new(None);
        let change = async {
            match what {
                "cancelled" => {
                    let lead =
                        json!({"type": "cancellation", "confirm": true, "attendees": ["g0"]});
                    town.send_as("off", "m-1", &lead).await.ok();
                }
                "moved" => {
                    let mut moved = crowd(3);
                    moved["duration_minutes"] = json!(95);
                    town.put("/v1/meetings/m-1", &moved).await.ok();
                }
                _ => {
                    let path = "/v1/meetings/m-1/archive";
                    town.call(Method::POST, path, &json!({})).await.ok();
                }
            }
            first.set(Some(taken(&town).await));
        };
        let answer = town.answer(&links[1], 1, "accept");
        meanwhile(&town, calls, answer, change).await;
        if first.get() == Some(false) {
            overtaken += 1;
            assert!(!taken(&town).await, "{what}, held before call {calls}");
        }
        town.post();
        town.news();
    }
    assert!(overtaken > 2, "{what}: {overtaken}");
}

/// Who takes the lead by a save of many, or gives it up, may answer meanwhile.
#[tokio::test]
async fn an_answer_is_kept_through_a_save_of_many_that_changes_the_lead_and_ids() {
    for calls in some_of(0..12, 4) {
        let (town, links) = asked(80).await;
        let mut other = crowd(80);
        let attendees = other["attendees"].as_array_mut().unwrap();
        attendees.swap(0, 1);
        for each in attendees.iter_mut() {
            each["name"] = json!(format!("Other {}", each["id"]));
        }
        attendees[2]["id"] = json!("renamed");
        let answers = async {
            for link in &links {
                town.answer(link, 1, "accept").await;
            }
        };
        let saved = town.put("/v1/meetings/m-1", &other);
        let saved = meanwhile(&town, calls, saved, answers).await;
        assert!(saved.status.is_success(), "{calls}: {}", saved.text);
        let seen = town.meeting("m-1").await;
        assert_eq!(names(&seen)[..3], ["g1", "g0", "renamed"], "{calls}");
        let logged = town.log("?type=confirmation_request&limit=100").await;
        for (place, who) in ["guest1", "guest0", "guest2"].iter().enumerate() {
            let email = format!("{who}@example.com");
            let theirs = logged
                .iter()
                .filter(|row| row["attendee"]["email"] == *email);
            let answers = theirs.flat_map(|row| row["answers"].as_array().unwrap());
            let taken = answers.filter(|answer| answer["stale"] == false).count() > 0;
            let answer = &seen["attendees"][place]["answer"];
            assert_eq!(taken, answer == "accepted", "{calls}: {who}: {answer}");
        }
        town.news();
    }
}
