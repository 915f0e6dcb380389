//! One message: what each channel says, rendered and checked, or why that channel has
//! nothing to send. The trouble of one channel is not the other's (C5).

mod email;
mod error;
mod part;
mod rendered;
mod sms;
mod warnings;

pub use email::EmailMessage;
pub use error::RenderError;
pub use rendered::{RenderedMessage, message};
pub(crate) use sms::sms_message;
pub use sms::{SmsMessage, not_too_dear};
pub use warnings::warnings;
