//! The addresses a customer can be reached at, parsed when they enter the
//! system: a value of these types is well-formed.

mod email;
mod phone;

pub use email::{EmailAddress, EmailError};
pub use phone::{PhoneError, PhoneNumber, Region};
