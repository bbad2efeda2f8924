//! A message: 20 bytes of header, then attributes, each filled up to four bytes.

use std::net::SocketAddr;

use super::integrity::{IntegrityKey, TAG};
use super::{address, attribute};

/// Bytes of the header.
pub(crate) const HEADER: usize = 20;

/// What tells STUN from other protocols.
pub(super) const COOKIE: [u8; 4] = 0x2112_a442_u32.to_be_bytes();

/// Bytes of an attribute in front of its value.
const ATTRIBUTE_HEADER: usize = 4;

/// What connects an answer with its request.
pub(crate) type TransactionId = [u8; 12];

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Request,
    /// Is not answered.
    Indication,
    Success,
    Error,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Binding,
    Allocate,
    Refresh,
    Send,
    Data,
    CreatePermission,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) class: Class,
    pub(crate) method: Method,
    pub(crate) id: TransactionId,
    attributes: Vec<(u16, Vec<u8>)>,
    /// Of one that came: what was signed, and the signature.
    signed: Option<(Vec<u8>, Vec<u8>)>,
}

impl Class {
    const ALL: [Self; 4] = [Self::Request, Self::Indication, Self::Success, Self::Error];

    const fn bits(self) -> u16 {
        match self {
            Self::Request => 0x000,
            Self::Indication => 0x010,
            Self::Success => 0x100,
            Self::Error => 0x110,
        }
    }
}

impl Method {
    const ALL: [Self; 6] =
        [Self::Binding, Self::Allocate, Self::Refresh, Self::Send, Self::Data, Self::CreatePermission];

    const fn bits(self) -> u16 {
        match self {
            Self::Binding => 1,
            Self::Allocate => 3,
            Self::Refresh => 4,
            Self::Send => 6,
            Self::Data => 7,
            Self::CreatePermission => 8,
        }
    }
}

impl Message {
    /// A message without attributes.
    pub(crate) fn new(class: Class, method: Method, id: TransactionId) -> Self {
        Self { class, method, id, attributes: Vec::new(), signed: None }
    }

    /// With an attribute.
    pub(crate) fn with(mut self, kind: u16, value: impl Into<Vec<u8>>) -> Self {
        self.attributes.push((kind, value.into()));
        self
    }

    /// With an attribute that is an address.
    pub(crate) fn with_address(self, kind: u16, address: SocketAddr) -> Self {
        let value = address::encode(address, &self.id);
        self.with(kind, value)
    }

    /// The value of the first attribute of a kind.
    pub(crate) fn get(&self, kind: u16) -> Option<&[u8]> {
        self.attributes.iter().find(|(one, _)| *one == kind).map(|(_, value)| value.as_slice())
    }

    /// The same, of one that is text.
    pub(crate) fn text(&self, kind: u16) -> Option<String> {
        self.get(kind).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// The same, of one that is an address.
    pub(crate) fn address(&self, kind: u16) -> Option<SocketAddr> {
        address::decode(self.get(kind)?, &self.id)
    }

    /// Why a request was refused: the code, 300 to 699, and words.
    pub(crate) fn error(&self) -> Option<(u16, String)> {
        let (&[_, _, class, number], words) = self.get(attribute::ERROR_CODE)?.split_first_chunk()?;
        let code = u16::from(class & 0b111) * 100 + u16::from(number);
        Some((code, String::from_utf8_lossy(words).into_owned()))
    }

    /// Whether one that came was signed with this key.
    pub(crate) fn is_signed_with(&self, key: &IntegrityKey) -> bool {
        self.signed.as_ref().is_some_and(|(bytes, tag)| key.is_signature(bytes, tag))
    }

    /// The bytes, signed when there is a key.
    pub(crate) fn encode(&self, key: Option<&IntegrityKey>) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, value) in &self.attributes {
            append(&mut body, *kind, value);
        }
        // What is signed counts the signature's own length.
        let room = if key.is_some() { ATTRIBUTE_HEADER + TAG } else { 0 };
        let mut bytes = (self.class.bits() | self.method.bits()).to_be_bytes().to_vec();
        bytes.extend(length(body.len() + room));
        bytes.extend(COOKIE);
        bytes.extend(self.id);
        bytes.append(&mut body);
        if let Some(key) = key {
            let tag = key.sign(&bytes);
            append(&mut bytes, attribute::MESSAGE_INTEGRITY, &tag);
        }
        bytes
    }

    /// The message that bytes are. `None` when they are none, or one of another method; what stands behind a signature is
    /// signed by nobody, and is left out.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (header, body) = bytes.split_first_chunk::<HEADER>()?;
        if body.len() != body_length(header)? {
            return None;
        }
        let &[high, low, _, _, _, _, _, _, ref id @ ..] = header;
        let kind = u16::from_be_bytes([high, low]);
        let class = Class::ALL.into_iter().find(|class| kind & 0x110 == class.bits())?;
        let method = Method::ALL.into_iter().find(|method| kind & !0x110 == method.bits())?;
        let mut message = Self::new(class, method, *id);
        let mut rest = body;
        while let Some((&[kind_high, kind_low, high, low], more)) = rest.split_first_chunk() {
            let (value, more) = more.split_at_checked(usize::from(u16::from_be_bytes([high, low])))?;
            let kind = u16::from_be_bytes([kind_high, kind_low]);
            if kind == attribute::MESSAGE_INTEGRITY {
                let before = body.get(..body.len() - rest.len())?;
                message.signed = Some((signed(header, before), value.to_vec()));
                return Some(message);
            }
            message.attributes.push((kind, value.to_vec()));
            rest = more.get(padding(value.len())..)?;
        }
        rest.is_empty().then_some(message)
    }
}

/// How many bytes follow a header. `None` when it is none of STUN's.
pub(crate) fn body_length(header: &[u8; HEADER]) -> Option<usize> {
    let &[kind, _, high, low, ref rest @ ..] = header;
    let length = usize::from(u16::from_be_bytes([high, low]));
    (kind & 0b1100_0000 == 0 && length % 4 == 0 && rest.starts_with(&COOKIE)).then_some(length)
}

/// What a signature signs: everything before it, under a header that ends with it.
fn signed(header: &[u8; HEADER], before: &[u8]) -> Vec<u8> {
    let &[high, low, _, _, ref rest @ ..] = header;
    let mut bytes = vec![high, low];
    bytes.extend(length(before.len() + ATTRIBUTE_HEADER + TAG));
    bytes.extend(rest);
    bytes.extend(before);
    bytes
}

fn append(bytes: &mut Vec<u8>, kind: u16, value: &[u8]) {
    bytes.extend(kind.to_be_bytes());
    bytes.extend(length(value.len()));
    bytes.extend(value);
    bytes.extend(std::iter::repeat_n(0, padding(value.len())));
}

/// How many bytes are missing to the next multiple of four.
fn padding(length: usize) -> usize {
    length.wrapping_neg() % 4
}

/// A length in a message. None of ours comes near to its limit.
fn length(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests;
