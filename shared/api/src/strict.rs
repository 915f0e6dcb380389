//! JSON read strictly as a type: what serde lets pass for the sake of other formats,
//! and what it says in words for programmers, ends here.
//!
//! Serde's derive takes a list for a struct, by position, and an object for a variant;
//! it ignores fields it does not know unless each type says otherwise. [`read`] takes an
//! object for a struct and nothing else, refuses every field that the type does not
//! have, and takes a variant as its name alone, whatever the types themselves say.

use std::{fmt, slice};

use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map};

/// Why a document is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The steps to the place, the innermost first while it is being found.
    path: Vec<String>,
    /// What is wrong and what would be right.
    pub detail: String,
    /// Whether an object is meant and something else is there: what stands in it
    /// cannot even be named.
    pub no_object: bool,
}

/// A well-formed document as a `T`.
///
/// # Errors
/// The first place that cannot be taken.
pub fn read<T: DeserializeOwned>(document: &Value) -> Result<T, Unfit> {
    T::deserialize(Strict(document))
}

impl Unfit {
    fn new(detail: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            detail: detail.into(),
            no_object: false,
        }
    }

    fn must_be(meant: &str, found: &Value) -> Self {
        Self::new(format!("must be {meant}, is {}", named(found)))
    }

    fn below(mut self, step: impl Into<String>) -> Self {
        self.path.push(step.into());
        self
    }

    /// The place, as an RFC 6901 pointer.
    pub fn pointer(&self) -> String {
        let steps = self.path.iter().rev();
        let escaped = steps.map(|step| step.replace('~', "~0").replace('/', "~1"));
        escaped.map(|step| format!("/{step}")).collect()
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Unfit {}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(detail: T) -> Self {
        Self::new(detail.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("is required").below(field)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("must be {}, is {variant:?}", one_of(expected)))
    }
}

fn one_of(names: &[&str]) -> String {
    match names {
        [only] => format!("{only:?}"),
        names => {
            let names: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
            format!("one of {}", names.join(", "))
        }
    }
}

/// What a value is, for people.
fn named(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) if number.is_f64() => format!("the floating point number {number}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

struct Strict<'de>(&'de Value);

/// The whole number that a value is: 30 and 30.0 are the same number (RFC 8259 §6), but
/// beyond 2⁵³ a fraction is not exact.
enum Whole {
    Positive(u64),
    Negative(i64),
}

fn whole(value: &Value) -> Option<Whole> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = value.as_number()?;
    if let Some(number) = number.as_u64() {
        return Some(Whole::Positive(number));
    }
    if let Some(number) = number.as_i64() {
        return Some(Whole::Negative(number));
    }
    let number = number.as_f64()?;
    if number.fract() != 0.0 || number.abs() > EXACT {
        return None;
    }
    // Exact, as the two checks say; written without a fraction it parses.
    let number: i64 = format!("{number:.0}").parse().ok()?;
    Some(u64::try_from(number).map_or(Whole::Negative(number), Whole::Positive))
}

macro_rules! whole_numbers {
    ($($method:ident: $type:ty),+ $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
            // The bounds of the type are none of the field's: what those are, the
            // field's own rule says.
            let no = |what: &str| Err(Unfit::must_be(what, self.0));
            match whole(self.0) {
                Some(Whole::Positive(n)) if <$type>::try_from(n).is_ok() => visitor.visit_u64(n),
                Some(Whole::Negative(n)) if <$type>::try_from(n).is_ok() => visitor.visit_i64(n),
                Some(Whole::Positive(_)) => no("smaller"),
                Some(Whole::Negative(_)) if <$type>::MIN == 0 => no("0 or more"),
                Some(Whole::Negative(_)) => no("larger"),
                None => no("a whole number"),
            }
        }
    )+};
}

macro_rules! texts {
    ($($method:ident),+ $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
            match self.0 {
                Value::String(text) => visitor.visit_borrowed_str(text),
                other => Err(Unfit::must_be("a text in quotes", other)),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Strict<'de> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (_, _, number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(Items::of(items)),
            Value::Object(entries) => visitor.visit_map(Entries::of(entries)),
        }
    }

    whole_numbers! {
        deserialize_i8: i8, deserialize_i16: i16, deserialize_i32: i32, deserialize_i64: i64,
        deserialize_u8: u8, deserialize_u16: u16, deserialize_u32: u32, deserialize_u64: u64,
    }

    texts!(
        deserialize_str,
        deserialize_string,
        deserialize_char,
        deserialize_identifier
    );

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0 {
            Value::Bool(flag) => visitor.visit_bool(*flag),
            other => Err(Unfit::must_be("true or false, without quotes", other)),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0.as_f64() {
            Some(number) => visitor.visit_f64(number),
            None => Err(Unfit::must_be("a number, without quotes", self.0)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items::of(items)),
            other => Err(Unfit::must_be("a list [ … ]", other)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_map(Entries::of(self.object()?))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        let entries = self.object()?;
        let mut names = entries.keys();
        if let Some(unknown) = names.find(|name| !fields.contains(&name.as_str())) {
            return Err(no_such_field(unknown, fields).below(unknown));
        }
        visitor.visit_map(Entries::of(entries))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(name.as_str().into_deserializer()),
            other => Err(Unfit::must_be(&one_of(variants), other)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

impl<'de> Strict<'de> {
    fn object(&self) -> Result<&'de Map<String, Value>, Unfit> {
        self.0.as_object().ok_or_else(|| Unfit {
            no_object: true,
            ..Unfit::must_be("an object { … }", self.0)
        })
    }
}

/// Names the field that was probably meant: most unknown ones are another spelling.
fn no_such_field(unknown: &str, fields: &[&str]) -> Unfit {
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let meant = fields.iter().find(|field| plain(field) == plain(unknown));
    Unfit::new(match meant {
        Some(meant) => format!("{unknown} is not a field here; write {meant}"),
        None => format!("{unknown} is not a field here; /v1/openapi.json lists those there are"),
    })
}

struct Items<'de> {
    left: slice::Iter<'de, Value>,
    index: usize,
}

impl<'de> Items<'de> {
    fn of(items: &'de [Value]) -> Self {
        Self {
            left: items.iter(),
            index: 0,
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unfit> {
        let Some(item) = self.left.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        let value = seed.deserialize(Strict(item));
        value
            .map(Some)
            .map_err(|unfit| unfit.below(index.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

struct Entries<'de> {
    left: map::Iter<'de>,
    current: Option<(&'de String, &'de Value)>,
}

impl<'de> Entries<'de> {
    fn of(entries: &'de Map<String, Value>) -> Self {
        Self {
            left: entries.iter(),
            current: None,
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Unfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unfit> {
        self.current = self.left.next();
        let Some((name, _)) = self.current else {
            return Ok(None);
        };
        let key = seed.deserialize(name.as_str().into_deserializer());
        key.map(Some).map_err(|unfit: Unfit| unfit.below(name))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unfit> {
        let Some((name, value)) = self.current.take() else {
            return Err(Unfit::new("has a value without a name"));
        };
        let value = seed.deserialize(Strict(value));
        value.map_err(|unfit| unfit.below(name))
    }
}

#[cfg(test)]
mod tests;
