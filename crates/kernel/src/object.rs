//! Objects inside of what clients send.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A `T` written as a JSON object. Without this a list would do as well, its items taken for the fields in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Self::Value, M::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::Object;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Point {
        x: u8,
    }

    #[test]
    fn a_list_is_no_object() {
        let parse = |json| serde_json::from_str::<Object<Point>>(json);
        assert_eq!(parse(r#"{"x": 7}"#).unwrap().0, Point { x: 7 });
        assert!(parse("[7]").unwrap_err().to_string().contains("expected an object"));
    }
}
