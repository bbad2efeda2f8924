//! The contract of `/ws`, and what two gateways promise together.

mod channels;
