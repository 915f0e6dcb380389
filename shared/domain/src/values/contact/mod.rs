//! The addresses a customer can be reached at, parsed when they enter the
//! system: a value of these types is well-formed.

mod email;
mod obstacles;
mod phone;
mod phone_error;
mod phone_text;
mod region;
mod sms_address;

pub use email::{EmailAddress, EmailError};
pub use obstacles::{AddressSet, NumberSet, Suppressions, Unsubscription};
pub use phone::PhoneNumber;
pub use phone_error::PhoneError;
pub use region::{Region, RegionError};
pub use sms_address::SmsAddress;
