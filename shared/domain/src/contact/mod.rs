//! The addresses a customer can be reached at, parsed when they enter the
//! system: a value of these types is well-formed.

mod email;
mod opt_out;
mod phone;
mod phone_text;
mod region;
mod sms_address;

pub use email::{EmailAddress, EmailError};
pub use opt_out::{Obstacles, OptOut, OptOutSource, OptOuts, Unsubscribed, Unsubscription};
pub use phone::{PhoneError, PhoneNumber};
pub use region::{Region, RegionError};
pub use sms_address::SmsAddress;

/// Marks that come along when an address or a number is copied: zero-width ones, and
/// those that turn the direction of writing around.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
