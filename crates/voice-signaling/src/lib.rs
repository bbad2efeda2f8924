#![doc = include_str!("../README.md")]

pub mod ice;
mod settings;

pub use settings::VoiceSettings;
