//! STUN and TURN servers: what people are told of them, and what the doctor says of them.

mod doctor;
mod servers;
