#![doc = include_str!("../README.md")]

mod error;
pub mod event;
pub mod ice;
pub mod input;
mod model;
mod service;
mod settings;
mod store;
mod view;

pub use error::Error;
pub use model::{Flags, FlagsChange, QuietChange};
pub use service::{SessionsLimit, Voice, Which};
pub use settings::VoiceSettings;
pub use view::{ParticipantView, SessionView, SpeakerView, VoiceChannelView, VoiceState};
