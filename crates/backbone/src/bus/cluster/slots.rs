//! Which node has which slot. No IO.

use redis::Value;

use crate::redis::Address;

/// Slots of a cluster.
const SLOTS: u16 = 16_384;

/// The slot of a channel or key: by what stands in the first braces, if anything does.
pub(super) fn slot_of(name: &str) -> u16 {
    let tag = name.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(tag, _)| tag);
    let hashed = tag.filter(|tag| !tag.is_empty()).unwrap_or(name);
    crc16::State::<crc16::XMODEM>::calculate(hashed.as_bytes()) % SLOTS
}

/// Which master has which slots, as a node knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SlotMap {
    masters: Vec<Address>,
    /// First slot, last slot, and whose they are, in order.
    ranges: Vec<(u16, u16, usize)>,
}

impl SlotMap {
    /// From the answer to `CLUSTER SLOTS`. A node that does not know its own name is the one that was asked.
    pub(super) fn parse(answer: &Value, asked: &Address) -> Option<Self> {
        let mut map = Self::default();
        for range in items(answer)? {
            let [first, last, master, ..] = items(range)? else { return None };
            let (Value::Int(first), Value::Int(last)) = (first, last) else { return None };
            let master = map.number(address(master, asked)?);
            map.ranges.push((u16::try_from(*first).ok()?, u16::try_from(*last).ok()?, master));
        }
        map.ranges.sort_unstable();
        Some(map)
    }

    fn number(&mut self, master: Address) -> usize {
        self.masters.iter().position(|known| *known == master).unwrap_or_else(|| {
            self.masters.push(master);
            self.masters.len() - 1
        })
    }

    /// The masters that have slots.
    pub(super) fn masters(&self) -> &[Address] {
        &self.masters
    }

    pub(super) fn owner(&self, slot: u16) -> Option<&Address> {
        let at = self.ranges.partition_point(|(_, last, _)| *last < slot);
        let (first, _, master) = self.ranges.get(at)?;
        if *first <= slot { self.masters.get(*master) } else { None }
    }

    /// Whether every slot has a master.
    pub(super) fn is_whole(&self) -> bool {
        let mut next = 0;
        for (first, last, _) in &self.ranges {
            if *first != next {
                return false;
            }
            next = last + 1;
        }
        next == SLOTS
    }

    /// A number that, in braces, has a slot of this master.
    pub(super) fn tag_of(&self, master: &Address) -> Option<u32> {
        (0..u32::from(SLOTS) * 16)
            .find(|number| self.owner(slot_of(&format!("{{{number}}}"))) == Some(master))
    }
}

fn items(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(items) => Some(items),
        _ => None,
    }
}

/// Where a node can be reached: a name or address, which may be missing, and a port.
fn address(node: &Value, asked: &Address) -> Option<Address> {
    let [host, Value::Int(port), ..] = items(node)? else { return None };
    let host = match host {
        Value::BulkString(host) => std::str::from_utf8(host).ok()?,
        Value::SimpleString(host) => host,
        Value::Nil => "",
        _ => return None,
    };
    let host = match host {
        "?" => return None,
        "" => &asked.host,
        host => host,
    };
    Some(Address { host: host.to_owned(), port: u16::try_from(*port).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(host: &str, port: i64) -> Value {
        Value::Array(vec![Value::BulkString(host.into()), Value::Int(port), Value::BulkString("id".into())])
    }

    fn range(first: i64, last: i64, master: Value) -> Value {
        Value::Array(vec![Value::Int(first), Value::Int(last), master, node("replica", 1)])
    }

    fn at(host: &str, port: u16) -> Address {
        Address { host: host.into(), port }
    }

    #[test]
    fn slots_are_those_of_the_specification() {
        // From "Redis cluster specification": the reference of CRC16, and the rules of braces.
        assert_eq!(slot_of("123456789"), 0x31C3);
        assert_eq!(slot_of("{user1000}.following"), slot_of("{user1000}.followers"));
        assert_eq!(slot_of("foo{bar}{zap}"), slot_of("bar"));
        assert_eq!(slot_of("foo{{bar}}zap"), slot_of("{bar"));
        assert_ne!(slot_of("foo{}{bar}"), slot_of("bar"));
    }

    #[test]
    fn owners_are_found_and_holes_are_seen() {
        let asked = at("asked", 7000);
        let whole = Value::Array(vec![
            range(8000, 16_383, node("b", 7001)),
            range(0, 5000, node("", 7000)),
            range(5001, 7999, node("c", 7002)),
        ]);
        let map = SlotMap::parse(&whole, &asked).unwrap();
        assert!(map.is_whole() && map.masters().len() == 3);
        for (slot, owner) in [(0, &asked), (5000, &asked), (5001, &at("c", 7002)), (16_383, &at("b", 7001))] {
            assert_eq!(map.owner(slot), Some(owner));
        }
        for master in map.masters() {
            let tag = map.tag_of(master).unwrap();
            assert_eq!(map.owner(slot_of(&format!("x:{{{tag}}}:y"))), Some(master));
        }
        let holed = SlotMap::parse(&Value::Array(vec![range(1, 16_383, node("b", 7001))]), &asked).unwrap();
        assert!(!holed.is_whole() && holed.owner(0).is_none());
        assert!(SlotMap::parse(&Value::Array(vec![range(0, 1, node("?", 1))]), &asked).is_none());
    }
}
