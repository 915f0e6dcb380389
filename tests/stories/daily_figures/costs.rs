//! What the roll-up costs the sweep.

use chrono::TimeDelta;
use usher_local::Service;

use super::{an_hour, confirm, town};

#[tokio::test]
async fn a_quiet_hour_pays_a_few_reads_and_one_write_and_all_other_sweeps_nothing() {
    let town = town().await;
    confirm(&town, "m-1").await;
    an_hour(&town).await;
    let calls = || town.calls(Service::Dynamodb);
    let since = |before: &std::collections::BTreeMap<String, u64>| {
        let more = |(name, count): (String, u64)| {
            let more = count - before.get(&name).copied().unwrap_or_default();
            (more > 0).then_some((name, more))
        };
        calls().into_iter().filter_map(more).collect::<Vec<_>>()
    };
    let called = |expected: &[(&str, u64)]| -> Vec<(String, u64)> {
        let call = |(name, count): &(&str, u64)| ((*name).to_owned(), *count);
        expected.iter().map(call).collect()
    };
    let before = calls();
    town.advance(TimeDelta::minutes(5)).await;
    assert_eq!(since(&before), called(&[("GetItem", 1), ("Query", 1)]));
    town.advance(TimeDelta::minutes(50)).await;
    let before = calls();
    town.advance(TimeDelta::minutes(5)).await;
    // The account's list, with the settings and the opt-outs; what there is to look at. Then
    // the log's beginning, the known days, today's log and its row; and for the reach ahead the
    // meetings, twice, the templates, and what stands in the way. Written are when the list was
    // asked for, and today.
    let hourly = [
        ("BatchGetItem", 3),
        ("GetItem", 2),
        ("PutItem", 1),
        ("Query", 7),
        ("TransactWriteItems", 1),
    ];
    assert_eq!(since(&before), called(&hourly));
}
