//! What staff do at the console, in a browser.

use http::Method;
use usher_local::Caller;

use super::Town;
use crate::{Reply, SentForm};

impl Town {
    /// A member of staff opens a page of the console.
    pub async fn page(&self, path: &str) -> Reply {
        self.request(&Caller::LocalAdmin, Method::GET, path, &[], "")
            .await
    }

    /// The browser opens the page that a form's answer leads to, with the cookies it sets.
    pub async fn follow(&self, answer: &Reply) -> Reply {
        let cookies = answer.cookies().join("; ");
        let headers = [("cookie", cookies.as_str())];
        let page = answer.header("location");
        self.request(&Caller::LocalAdmin, Method::GET, page, &headers, "")
            .await
    }

    /// A member of staff sends a form of the console, as a browser does.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.form_of(
            &Caller::LocalAdmin,
            path,
            fields,
            &[("sec-fetch-site", "same-origin")],
        )
        .await
    }

    /// A member of staff sends a form of a page, by the button of this name and value.
    pub async fn press(&self, form: &SentForm, button: (&str, &str)) -> Reply {
        let mut fields = form.pairs();
        fields.push(button);
        self.form(&form.action, &fields).await
    }

    /// Somebody sends a form to the console, with these headers.
    pub async fn form_of(
        &self,
        caller: &Caller,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        self.request(caller, Method::POST, path, &headers, form)
            .await
    }
}
