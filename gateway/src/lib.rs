#![doc = include_str!("../README.md")]

mod actions;
mod archive;
pub mod commands;
pub mod config;
mod contract;
pub mod demo;
pub mod frames;
mod http;
mod hub;
pub mod import;
mod limits;
mod listen;
mod metrics;
pub mod migrations;
mod page;
mod presence;
mod receipts;
mod routes;
pub mod server;
pub mod services;
pub mod telemetry;
mod transcript;
mod workers;
mod ws;

pub use config::Settings;
pub use server::{Running, start};
