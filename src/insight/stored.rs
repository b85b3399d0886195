//! How types without `serde` of their own are kept on this machine.

/// Local text. The result stays in the encrypted store.
pub(super) mod text {
    use crate::domain::Unredacted;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(text: &Unredacted, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text.expose())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Unredacted, D::Error> {
        String::deserialize(deserializer).map(Unredacted::from)
    }
}

/// A list of local texts.
pub(super) mod texts {
    use crate::domain::Unredacted;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(texts: &[Unredacted], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(texts.iter().map(Unredacted::expose))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Unredacted>, D::Error> {
        Ok(Vec::<String>::deserialize(deserializer)?.into_iter().map(Unredacted::from).collect())
    }
}

/// A moment, as `[seconds, nanoseconds]` since 1970.
pub(super) mod time {
    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

    pub fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        (time.as_second(), time.subsec_nanosecond()).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let (secs, nanos) = <(i64, i32)>::deserialize(deserializer)?;
        Timestamp::new(secs, nanos).map_err(de::Error::custom)
    }
}

/// A moment that may be missing.
pub(super) mod maybe_time {
    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

    #[expect(clippy::ref_option, reason = "the signature that serde's `with` asks for")]
    pub fn serialize<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(|time| (time.as_second(), time.subsec_nanosecond())).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        let parts = Option::<(i64, i32)>::deserialize(deserializer)?;
        parts.map(|(secs, nanos)| Timestamp::new(secs, nanos).map_err(de::Error::custom)).transpose()
    }
}

/// A level that may be missing, as its word.
pub(super) mod maybe_level {
    use crate::domain::Level;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        clippy::ref_option,
        reason = "the signature that serde's `with` asks for"
    )]
    pub fn serialize<S: Serializer>(level: &Option<Level>, serializer: S) -> Result<S::Ok, S::Error> {
        level.map(Level::as_str).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Level>, D::Error> {
        let word = Option::<String>::deserialize(deserializer)?;
        Ok(word.as_deref().and_then(Level::parse))
    }
}
