#![doc = include_str!("../README.md")]

pub mod bus;
pub mod db;
pub mod rates;
pub mod settings;
