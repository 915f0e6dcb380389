//! `POST /meeting/respond`: one press of a button commits an answer.

use axum::{
    extract::{Form, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use usher_domain::{Failure, answer::Answer, respond::AnswerOutcome, token::Token};
use usher_flows::respond::{TOO_MANY_ANSWERS, Visit, respond, visit};
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
    let press = Press {
        site: &site,
        token: &token,
        draft: &Draft::read(&pairs),
        now: site.app.clock.now(),
    };
    press.commit().await
}

/// A button that somebody pressed, with what they filled in.
struct Press<'a> {
    site: &'a Site,
    token: &'a Token,
    draft: &'a Draft,
    now: DateTime<Utc>,
}

impl Press<'_> {
    /// Takes the answer and shows what came of it.
    async fn commit(&self) -> Response {
        let submission = match self.draft.submission(self.token) {
            Ok(submission) => submission,
            Err(problems) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return self.ask_again(status, Situation::Unclear(problems)).await;
            }
        };
        match respond(&self.site.app, &submission, self.now).await {
            Ok(Some((visit, outcome))) => {
                let (status, situation) = outcome_of(outcome, submission.answer);
                self.show(&visit, status, &situation).await
            }
            Ok(None) => self.site.no_such_link().await,
            Err(Failure::Refused { code, .. }) => {
                let why = match code {
                    TOO_MANY_ANSWERS => Refused::TooOften,
                    _ => Refused::NotOffered,
                };
                let situation = Situation::Refused(why);
                self.ask_again(StatusCode::CONFLICT, situation).await
            }
            Err(failure) => self.trouble(&failure),
        }
    }

    /// Shows the meeting as it is, with the form as it was filled in.
    async fn ask_again(&self, status: StatusCode, situation: Situation) -> Response {
        match visit(&self.site.app, self.token.reveal(), self.now).await {
            Ok(Some(visit)) => self.show(&visit, status, &situation).await,
            Ok(None) => self.site.no_such_link().await,
            Err(failure) => self.trouble(&failure),
        }
    }

    async fn show(&self, visit: &Visit, status: StatusCode, situation: &Situation) -> Response {
        let links = self.site.links(self.token);
        let view = page(visit, self.token, &links, situation, self.draft, self.now);
        self.site.meeting(status, view).await
    }

    fn trouble(&self, failure: &Failure) -> Response {
        self.site.trouble(failure, Some((self.token, self.draft)))
    }
}

/// What the page says of an answer that was taken or came too late.
fn outcome_of(outcome: AnswerOutcome, answer: Answer) -> (StatusCode, Situation) {
    match outcome {
        AnswerOutcome::Applied | AnswerOutcome::Unchanged => {
            (StatusCode::OK, Situation::Answered(answer))
        }
        AnswerOutcome::Moved => (StatusCode::CONFLICT, Situation::Moved),
        AnswerOutcome::Overtaken => (StatusCode::CONFLICT, Situation::Refused(Refused::Overtaken)),
        AnswerOutcome::Closed(_) => (StatusCode::CONFLICT, Situation::TooLate),
    }
}

/// Someone who bookmarked or restored the page their answer led to: its
/// address has no token, so only their message can lead them back.
pub(crate) async fn reopened(State(site): State<Site>) -> Response {
    site.no_such_link().await
}
