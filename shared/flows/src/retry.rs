//! Staff send again what certainly failed.

use chrono::{DateTime, Utc};
use usher_cloud::KeyedRequest;
use usher_domain::{Failure, actor::Actor, id::NotificationId, notification::Notification};

use crate::{
    App,
    keys::{KeyState, known},
    log,
    resend::{Resend, Resent},
    resume::resume_asked,
    sending::{HTTP_INVOCATION, until},
    transact::WrittenMeeting,
};

/// Sends the failed deliveries of a notification again, once per key.
///
/// # Errors
/// As [`send`](crate::send::send), and those of
/// [`decide_retry`](usher_domain::send::decide_retry).
pub async fn retry(
    app: &App,
    id: &NotificationId,
    key: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Notification, Failure> {
    let retry = &Resend {
        app,
        id,
        keyed: KeyedRequest::new(key, &["retry", &id.to_string()]),
        actor,
        until: until(app, HTTP_INVOCATION),
        now,
    };
    app.transact(|| async {
        let known = known(app, &retry.keyed, now).await?;
        let logged = log::one(app, id, now).await?;
        match known {
            KeyState::Nothing => retry.send(logged, Resent::Failed).await,
            // This key's attempt is in the row already, whatever came of it.
            KeyState::Outcome(_) | KeyState::GoesOn(_) => Ok(logged.row),
            KeyState::CutOff(hash) => Ok(go_on(retry, &hash, &logged.row).await?),
        }
    })
    .await
}

/// Finishes what was begun under its key. Returns the row as it is then.
async fn go_on(
    retry: &Resend<'_>,
    hash: &str,
    row: &Notification,
) -> Result<Notification, Failure> {
    let work = retry.work(row)?;
    resume_asked(retry.app, hash, &work, retry.until, retry.now).await?;
    retry.follow_up(WrittenMeeting::nothing()).await;
    Ok(log::one(retry.app, retry.id, retry.now).await?.row)
}
