//! What becomes of the editor's form when it is sent.

use axum::{Form, extract::State, response::Response};
use serde_json::Value;
use usher_api::template::TemplateBody;
use usher_console::{
    Fields, MergePage, Mistake, PageError, Staff, document, merge, mistakes, own, read,
};
use usher_domain::{Precondition, id::TemplateId, template::Applied};
use usher_flows::{manage, queries};
use usher_web::{ApiPath, Problem, ProblemKind, Role};

use super::{Editor, Open, as_document, in_minutes, load, page::Page, press::press, press::said};
use crate::console::Console;

/// `POST /console/templates/{id}`
pub(crate) async fn save(
    State(console): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    staff.require(Role::Manager)?;
    let form = SentForm::of(&console, &staff, id, &fields)?;
    let pressed = own(&fields, "_do").unwrap_or("save");
    let mut v = document(&fields);
    match pressed {
        "save" => {}
        "archive" => v["active"] = false.into(),
        "restore" => v["active"] = true.into(),
        _ => return form.press(v, pressed).await,
    }
    let filled_in = in_minutes(&v);
    match form.put(&filled_in).await {
        Ok(applied) => Ok(console.pages.done(&form.path(), said(pressed, applied))),
        Err(problem) if problem.kind() == ProblemKind::StaleVersion => {
            form.merge_with_theirs(&filled_in).await
        }
        Err(problem) => form.refuse(&v, &problem).await,
    }
}

/// A form that was sent.
struct SentForm<'a> {
    console: &'a Console,
    staff: &'a Staff,
    id: TemplateId,
    fields: &'a Fields,
    /// What it was made of; version 0 is a new template.
    base: Value,
    version: u64,
}

impl<'a> SentForm<'a> {
    fn of(
        console: &'a Console,
        staff: &'a Staff,
        id: TemplateId,
        fields: &'a Fields,
    ) -> Result<Self, Problem> {
        let base = own(fields, "_base").and_then(|base| serde_json::from_str(base).ok());
        let version = own(fields, "_version").and_then(|version| version.parse().ok());
        let (base, version) = base.zip(version).ok_or_else(|| {
            let detail = "This form is incomplete. Open the template and begin again.";
            Problem::new(ProblemKind::BadRequest, detail)
        })?;
        Ok(Self {
            console,
            staff,
            id,
            fields,
            base,
            version,
        })
    }

    fn path(&self) -> String {
        format!("/console/templates/{}", self.id)
    }

    /// Adds or removes a part, and shows the form again. Nothing is saved.
    async fn press(&self, mut v: Value, pressed: &str) -> Result<Response, PageError> {
        let Console { app, pages } = self.console;
        let added = press(&mut v, pressed, &app.random_id());
        let page = self.page(&v, added, Vec::new()).await?;
        Ok(pages.page("template.html", self.staff, page))
    }

    /// Saves what was filled in.
    async fn put(&self, filled_in: &Value) -> Result<Option<Applied>, Problem> {
        let app = &self.console.app;
        let body = read::<TemplateBody>(filled_in)?;
        let before = match self.version {
            0 => Precondition::Absent,
            version => Precondition::Version(version),
        };
        let actor = self.staff.actor();
        let now = app.clock.now();
        let saved = manage::put_template(app, &self.id, &body.into(), before, &actor, now).await;
        let (_, applied) = saved?;
        Ok(applied)
    }

    /// Shows what was filled in beside what others saved meanwhile.
    async fn merge_with_theirs(&self, filled_in: &Value) -> Result<Response, PageError> {
        let Console { app, pages } = self.console;
        let template = queries::template(app, &self.id).await?;
        let theirs = as_document(&template);
        let mut merge = merge(&self.base, filled_in, &theirs);
        let form = load(app, None, app.clock.now()).await?;
        let editor = Editor::new(&form, &merge.document(), &Open::All, false, &[])?;
        let form = Page::new(self.staff, self.id.to_string(), None, editor, Vec::new());
        pages
            .labels("template.html", self.staff, form)
            .name(&mut merge);
        let page = MergePage {
            here: "templates",
            action: self.path(),
            version: template.version,
            base: theirs.to_string(),
            merge,
            own: false,
        };
        Ok(page.show(pages, self.staff))
    }

    /// Shows the form again with what is wrong in it.
    async fn refuse(&self, v: &Value, problem: &Problem) -> Result<Response, PageError> {
        let page = self.page(v, false, mistakes(problem)).await?;
        let status = problem.kind().status();
        let pages = &self.console.pages;
        Ok(pages.page_with(status, "template.html", self.staff, page))
    }

    async fn page(&self, v: &Value, added: bool, errors: Vec<Mistake>) -> Result<Page, PageError> {
        let app = &self.console.app;
        let form = load(app, None, app.clock.now()).await?;
        let editor = Editor::new(&form, v, &Open::of(self.fields), added, &errors)?;
        let known = (self.version > 0).then_some((&self.base, self.version));
        let id = self.id.to_string();
        Ok(Page::new(self.staff, id, known, editor, errors))
    }
}
