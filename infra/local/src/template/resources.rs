//! The resources of a template, by kind.

use anyhow::Context as _;
use serde_yaml_ng::Value;

/// What a template declares.
pub(super) struct Resources<'a> {
    /// What holds for all resources of a kind.
    pub(super) globals: &'a Value,
    list: Vec<Resource<'a>>,
}

struct Resource<'a> {
    id: &'a str,
    kind: &'a str,
    properties: &'a Value,
}

impl<'a> Resources<'a> {
    /// The resources of a document; those without a type are none.
    pub(super) fn of(document: &'a Value) -> anyhow::Result<Self> {
        let resources = document["Resources"]
            .as_mapping()
            .context("the template has no Resources")?;
        let read = |(id, resource): (&'a Value, &'a Value)| {
            Some(Resource {
                id: id.as_str()?,
                kind: resource["Type"].as_str()?,
                properties: &resource["Properties"],
            })
        };
        Ok(Self {
            globals: &document["Globals"],
            list: resources.iter().filter_map(read).collect(),
        })
    }

    /// Logical id and properties of each resource of this kind.
    pub(super) fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let of_kind = self.list.iter().filter(move |each| each.kind == kind);
        of_kind.map(|each| (each.id, each.properties))
    }

    /// Whether routes have an authorizer unless they say otherwise.
    pub(super) fn has_default_authorizer(&self) -> bool {
        self.of_kind("AWS::Serverless::HttpApi")
            .map(|(_, properties)| &properties["Auth"])
            .chain([&self.globals["HttpApi"]["Auth"]])
            .any(|auth| !auth["DefaultAuthorizer"].is_null())
    }
}
