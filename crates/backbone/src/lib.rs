#![doc = include_str!("../README.md")]

pub mod bus;
pub mod db;
pub mod jobs;
pub mod presence;
pub mod rates;
pub mod redis;
mod schema;
pub mod scripts;
pub mod settings;
mod stored_enum;
