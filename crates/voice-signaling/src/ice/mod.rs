//! How browsers find a way to each other: the STUN and TURN servers that they are told of, with credentials that last for
//! a while, and whether those servers do what they should.

mod credentials;
pub mod doctor;
mod servers;
mod settings;
mod stun;
mod uri;

pub use credentials::Credentials;
pub use servers::{IceServerView, IceServers, IceServersView};
pub use settings::IceSettings;
pub use uri::{IceUri, InvalidIceUri, Transport};
