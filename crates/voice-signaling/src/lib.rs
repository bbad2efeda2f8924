#![doc = include_str!("../README.md")]

mod error;
pub mod event;
mod history;
pub mod ice;
pub mod input;
mod model;
mod schema;
mod service;
mod settings;
mod store;
mod view;

pub use error::Error;
pub use history::{CallMessage, CallPersonView, CallView, TellCall};
pub use model::{CallOutcome, CallPart, Flags, FlagsChange, QuietChange, SessionKind};
pub use service::{CallsLimit, SessionsLimit, Voice, VoiceParts, Which};
pub use settings::VoiceSettings;
pub use view::{ParticipantView, PlaceView, RingingView, SessionState, SessionView, SpeakerView, VoiceState};
