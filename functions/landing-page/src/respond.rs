//! `POST /meeting/respond`: one press of a button commits an answer.

use axum::{
    extract::{Form, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use usher_domain::{Failure, respond::AnswerOutcome, token::Token};
use usher_flows::respond::{TOO_MANY_ANSWERS, respond, visit};
use usher_web::same_origin;

use crate::{
    form::{Draft, Pairs},
    site::{Site, Unusable},
    view::{Refused, Situation, page},
};

/// Takes an answer and shows what came of it.
pub(crate) async fn take(
    State(site): State<Site>,
    headers: HeaderMap,
    form: Result<Form<Pairs>, FormRejection>,
) -> Response {
    if !same_origin(&headers, &site.app.config.public_url) {
        return site.unusable(Unusable::CrossOrigin);
    }
    let pairs = match form {
        Ok(Form(pairs)) => pairs,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return site.unusable(Unusable::TooLarge);
        }
        Err(_) => return site.unusable(Unusable::NotAForm),
    };
    let Some(token) = pairs.token() else {
        return site.no_such_link().await;
    };
    let draft = Draft::read(&pairs);
    let now = site.app.clock.now();
    let submission = match draft.submission(&token) {
        Ok(submission) => submission,
        Err(problems) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return ask_again(
                &site,
                &token,
                &draft,
                now,
                status,
                Situation::Unclear(problems),
            )
            .await;
        }
    };
    match respond(&site.app, &submission, now).await {
        Ok(Some((visit, outcome))) => {
            let (status, situation) = match outcome {
                AnswerOutcome::Applied | AnswerOutcome::Unchanged => {
                    (StatusCode::OK, Situation::Answered(submission.answer))
                }
                AnswerOutcome::Moved => (StatusCode::CONFLICT, Situation::Moved),
                AnswerOutcome::Overtaken => {
                    (StatusCode::CONFLICT, Situation::Refused(Refused::Overtaken))
                }
                AnswerOutcome::Closed(_) => (StatusCode::CONFLICT, Situation::TooLate),
            };
            let view = page(&visit, &token, &site.links(&token), &situation, &draft, now);
            site.meeting(status, view).await
        }
        Ok(None) => site.no_such_link().await,
        Err(Failure::Refused { code, .. }) => {
            let why = match code {
                TOO_MANY_ANSWERS => Refused::TooOften,
                _ => Refused::NotOffered,
            };
            let situation = Situation::Refused(why);
            ask_again(&site, &token, &draft, now, StatusCode::CONFLICT, situation).await
        }
        Err(failure) => site.trouble(&failure, Some((&token, &draft))),
    }
}

/// Shows the meeting as it is, with the form as it was filled in.
async fn ask_again(
    site: &Site,
    token: &Token,
    draft: &Draft,
    now: DateTime<Utc>,
    status: StatusCode,
    situation: Situation,
) -> Response {
    match visit(&site.app, token.reveal(), now).await {
        Ok(Some(visit)) => {
            let view = page(&visit, token, &site.links(token), &situation, draft, now);
            site.meeting(status, view).await
        }
        Ok(None) => site.no_such_link().await,
        Err(failure) => site.trouble(&failure, Some((token, draft))),
    }
}

/// Someone who bookmarked or restored the page their answer led to: its
/// address has no token, so only their message can lead them back.
pub(crate) async fn reopened(State(site): State<Site>) -> Response {
    site.no_such_link().await
}
