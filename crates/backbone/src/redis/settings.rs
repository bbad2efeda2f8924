//! How to reach Redis.

use redis::{ConnectionInfo, IntoConnectionInfo};
use serde::Deserialize;

use crate::settings::{Fault, given, list};

const SCHEMES: [&str; 2] = ["redis://", "rediss://"];

/// How to reach Redis, and what Guildhall's names in it begin with.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RedisSettings {
    /// How it is run: which of the following count.
    pub mode: RedisMode,
    /// One server: `redis://:password@host:port/`; `rediss://` with TLS.
    pub url: String,
    /// A cluster: some of its nodes, in the same form, from which the others are learned.
    #[serde(deserialize_with = "list")]
    pub nodes: Vec<String>,
    /// A master that is watched by sentinels.
    pub sentinel: SentinelSettings,
    /// With TLS: a file of certificates (PEM) of those who may vouch for the servers, instead of those whom the machine
    /// trusts.
    #[serde(deserialize_with = "given")]
    pub ca_file: Option<String>,
    /// Stands before every key and channel: two installations on one Redis need two prefixes.
    pub prefix: String,
}

/// How Redis is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RedisMode {
    /// One server.
    #[default]
    Single,
    /// A cluster, of Redis 7 or later.
    Cluster,
    /// One of several servers is the master: sentinels say which.
    Sentinel,
}

/// Sentinels, and the servers that they watch.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SentinelSettings {
    /// Where sentinels listen: `redis://:password@host:26379`, with the password of the sentinels if they have one.
    #[serde(deserialize_with = "list")]
    pub urls: Vec<String>,
    /// What they call the master.
    pub master: String,
    /// The user of the servers; none: the default one.
    #[serde(deserialize_with = "given")]
    pub username: Option<String>,
    /// The password of the servers, if they have one.
    #[serde(deserialize_with = "given")]
    pub password: Option<String>,
    /// Whether the servers are spoken to by TLS.
    pub tls: bool,
}

impl RedisSettings {
    /// The first setting that is no good.
    pub fn fault(&self) -> Option<Fault> {
        if self.prefix.is_empty() {
            return Some(Fault::new("redis.prefix", "must not be empty"));
        }
        let fault = match self.mode {
            RedisMode::Single => self.single_fault(),
            RedisMode::Cluster => self.cluster_fault(),
            RedisMode::Sentinel => self.sentinel_fault(),
        };
        fault.or_else(|| self.of_another_mode()).or_else(|| self.ca_fault())
    }

    /// What stands before the keys of a part that is changed by scripts. In a cluster the braces keep all of the part on
    /// one node, as a script needs it.
    pub(crate) fn part(&self, name: &str) -> String {
        match self.mode {
            RedisMode::Single | RedisMode::Sentinel => format!("{}{name}:", self.prefix),
            RedisMode::Cluster => format!("{{{}{name}}}:", self.prefix),
        }
    }

    fn single_fault(&self) -> Option<Fault> {
        (!has_scheme(&self.url)).then(|| {
            Fault::new("redis.url", format!("must be set to a URL that starts with {}", SCHEMES.join(" or ")))
        })
    }

    fn cluster_fault(&self) -> Option<Fault> {
        if self.prefix.contains(['{', '}']) {
            return Some(Fault::new("redis.prefix", "must have no braces with redis.mode = \"cluster\""));
        }
        urls_fault("redis.nodes", &self.nodes)
    }

    fn sentinel_fault(&self) -> Option<Fault> {
        if self.sentinel.master.is_empty() {
            return Some(Fault::new("redis.sentinel.master", "must be what the sentinels call the master"));
        }
        urls_fault("redis.sentinel.urls", &self.sentinel.urls)
    }

    /// Lists that are set for a mode that is not this one: what was meant is not what would be done.
    fn of_another_mode(&self) -> Option<Fault> {
        if self.mode != RedisMode::Cluster && !self.nodes.is_empty() {
            return Some(Fault::new("redis.nodes", "is for redis.mode = \"cluster\""));
        }
        (self.mode != RedisMode::Sentinel && !self.sentinel.urls.is_empty())
            .then(|| Fault::new("redis.sentinel.urls", "is for redis.mode = \"sentinel\""))
    }

    fn ca_fault(&self) -> Option<Fault> {
        let tls = |urls: &[String]| urls.iter().any(|url| url.starts_with("rediss://"));
        let used = match self.mode {
            RedisMode::Single => self.url.starts_with("rediss://"),
            RedisMode::Cluster => tls(&self.nodes),
            RedisMode::Sentinel => self.sentinel.tls || tls(&self.sentinel.urls),
        };
        (self.ca_file.is_some() && !used)
            .then(|| Fault::new("redis.ca_file", "is for TLS: addresses that start with rediss://"))
    }
}

fn has_scheme(url: &str) -> bool {
    SCHEMES.iter().any(|scheme| url.starts_with(scheme))
}

/// What is wrong with addresses of several servers that are alike.
fn urls_fault(name: &'static str, urls: &[String]) -> Option<Fault> {
    if urls.is_empty() || !urls.iter().all(|url| has_scheme(url)) {
        return Some(Fault::new(name, format!("must have URLs that start with {}", SCHEMES.join(" or "))));
    }
    let parsed = urls.iter().map(|url| url.as_str().into_connection_info()).collect::<Result<Vec<_>, _>>();
    let Ok(parsed) = parsed else {
        return Some(Fault::new(name, "must be URLs as redis://:password@host:port"));
    };
    let kind = |info: &ConnectionInfo| {
        let redis = info.redis_settings();
        (redis.username().map(str::to_owned), redis.password().map(str::to_owned), redis.db())
    };
    let first = parsed.first().map(kind);
    let scheme = urls.first().map(|url| url.starts_with("rediss://"));
    let same = parsed.iter().all(|info| Some(kind(info)) == first)
        && urls.iter().all(|url| Some(url.starts_with("rediss://")) == scheme);
    if !same {
        return Some(Fault::new(name, "must have one scheme, user and password for all"));
    }
    first.is_some_and(|(_, _, db)| db != 0).then(|| Fault::new(name, "must name no database"))
}

impl std::fmt::Debug for RedisSettings {
    /// Without the URLs: they hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisSettings")
            .field("mode", &self.mode)
            .field("nodes", &self.nodes.len())
            .field("sentinel", &self.sentinel)
            .field("ca_file", &self.ca_file)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SentinelSettings {
    /// Without the URLs and the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SentinelSettings")
            .field("urls", &self.urls.len())
            .field("master", &self.master)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(mode: RedisMode) -> RedisSettings {
        RedisSettings { mode, prefix: "guildhall:".into(), ..RedisSettings::default() }
    }

    fn fault(settings: &RedisSettings) -> &'static str {
        settings.fault().map_or("", |fault| fault.name)
    }

    #[test]
    fn what_is_wrong_is_named() {
        let nodes = |urls: &[&str]| RedisSettings {
            nodes: urls.iter().map(ToString::to_string).collect(),
            ..settings(RedisMode::Cluster)
        };
        assert_eq!(fault(&settings(RedisMode::Single)), "redis.url");
        for bad in [
            &[][..],
            &["localhost:7000"],
            &["redis://a", "http://b"],
            &["redis://:one@a", "redis://:two@b"],
            &["redis://a", "rediss://b"],
            &["redis://a/3"],
        ] {
            assert_eq!(fault(&nodes(bad)), "redis.nodes", "{bad:?}");
        }
        let good = nodes(&["redis://:one@a:7000", "redis://:one@b"]);
        assert_eq!(fault(&good), "");
        assert_eq!(fault(&RedisSettings { prefix: "{x}".into(), ..good.clone() }), "redis.prefix");
        assert_eq!(fault(&RedisSettings { ca_file: Some("ca.pem".into()), ..good.clone() }), "redis.ca_file");
        let other = RedisSettings { mode: RedisMode::Single, url: "redis://a".into(), ..good };
        assert_eq!(fault(&other), "redis.nodes");
        assert_eq!(fault(&settings(RedisMode::Sentinel)), "redis.sentinel.master");
    }

    #[test]
    fn nothing_is_renamed_where_there_is_no_cluster() {
        assert_eq!(settings(RedisMode::Single).part("voice"), "guildhall:voice:");
        assert_eq!(settings(RedisMode::Sentinel).part("voice"), "guildhall:voice:");
        assert_eq!(settings(RedisMode::Cluster).part("voice"), "{guildhall:voice}:");
    }

    #[test]
    fn passwords_are_not_shown() {
        let mut settings = settings(RedisMode::Sentinel);
        settings.url = "redis://:hidden@a".into();
        settings.nodes = vec!["redis://:hidden@a".into()];
        settings.sentinel.urls = vec!["redis://:hidden@a".into()];
        settings.sentinel.password = Some("hidden".into());
        assert!(!format!("{settings:?}").contains("hidden"));
    }
}
