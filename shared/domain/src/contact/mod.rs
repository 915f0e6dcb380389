//! The addresses a customer can be reached at, parsed when they enter the
//! system: a value of these types is well-formed.

mod email;
mod opt_out;
mod phone;

pub use email::{EmailAddress, EmailError};
pub use opt_out::{Obstacles, OptOut, OptOutSource, OptOuts, Unsubscribed, Unsubscription};
pub use phone::{PhoneError, PhoneNumber, Region};
