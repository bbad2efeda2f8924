//! The contract of `/ws`, and what two gateways promise together.

mod channels;
mod entrance;
mod fence;
mod frames;
mod marks;
mod order;
mod outage;
mod resume;
mod revocation;
mod storm;
mod typing;
