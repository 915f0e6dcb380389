//! How the business and its staff are reached.

use crate::{
    render::{
        MessageFields,
        clean::{clean, joined},
    },
    settings::Settings,
};

/// A link that writes to this address and to no other: what else an address may
/// hold would begin further fields (RFC 6068 §2).
pub(in crate::render) fn mailto(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((local, domain)) => {
            let local: String = url::form_urlencoded::byte_serialize(local.as_bytes()).collect();
            format!("mailto:{local}@{domain}")
        }
        None => String::new(),
    }
}

/// Who the business is and how it is reached, a line each.
pub(in crate::render) fn footer(settings: &Settings, fields: &MessageFields) -> Vec<String> {
    let business = &fields.business;
    let address = settings.business.address.as_deref();
    let address = address.map(clean).unwrap_or_default();
    let reach = joined(&[&business.phone, &business.email], " · ");
    let lines = [business.name.clone(), address, reach];
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}
