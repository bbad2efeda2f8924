//! Where Redis is.

use std::sync::Arc;
use std::time::Duration;

use kernel::Internal;
use redis::aio::MultiplexedConnection;
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion,
    RedisResult, TlsCertificates, TlsMode,
};
use tokio::sync::Mutex;

use super::{Address, Conn, RedisMode, RedisSettings};

/// How long one node of a cluster may take to be connected to. Less than a call may take as a whole: another is asked then.
const NODE_CONNECT: Duration = Duration::from_millis(700);
/// How long one node of a cluster may take to answer.
const NODE_ANSWER: Duration = Duration::from_secs(1);
/// How often a command is sent again that a cluster redirects or asks to try again, and the pauses in between, ms.
const RETRIES: (u32, u64, u64) = (4, 20, 200);

/// Where Redis is.
pub(crate) enum Place {
    Server(Arc<Server>),
    Cluster(Arc<Cluster>),
}

/// One server that takes writes.
pub(crate) enum Server {
    Fixed(Box<Client>),
    /// Whichever the sentinels say at the moment.
    Watched(Box<Mutex<SentinelClient>>),
}

/// A cluster: how to speak to its nodes, and where to begin.
pub(crate) struct Cluster {
    client: ClusterClient,
    seeds: Vec<ConnectionInfo>,
    certificates: Option<TlsCertificates>,
}

impl Place {
    /// Not connected yet.
    ///
    /// # Errors
    /// A URL is malformed, or the file of certificates cannot be read or has none in it.
    pub(crate) fn new(settings: &RedisSettings) -> Result<Self, Internal> {
        let certificates = certificates(settings)?;
        let place = match settings.mode {
            RedisMode::Single => client(settings.url.as_str(), certificates.as_ref())
                .map(|client| Self::Server(Arc::new(Server::Fixed(Box::new(client))))),
            RedisMode::Sentinel => sentinels(settings, certificates)
                .map(|client| Self::Server(Arc::new(Server::Watched(Box::new(Mutex::new(client)))))),
            RedisMode::Cluster => {
                Cluster::new(&settings.nodes, certificates).map(|cluster| Self::Cluster(Arc::new(cluster)))
            }
        };
        place.map_err(Internal::new)
    }

    /// A connection for commands. `patience`: how long a server may take to be connected to, and then for each answer; a
    /// cluster's nodes have times of their own.
    pub(crate) async fn connect(&self, patience: Duration) -> RedisResult<Conn> {
        match self {
            Self::Server(server) => server.connect(patience).await.map(Conn::Server),
            Self::Cluster(cluster) => cluster.client.get_async_connection().await.map(Conn::Cluster),
        }
    }
}

impl Server {
    /// The server that takes writes now.
    pub(crate) async fn client(&self) -> RedisResult<Client> {
        match self {
            Self::Fixed(client) => Ok(Client::clone(client)),
            Self::Watched(sentinels) => sentinels.lock().await.async_get_client().await,
        }
    }

    /// Whether it may become a replica while we are connected to it.
    pub(crate) fn may_be_demoted(&self) -> bool {
        matches!(self, Self::Watched(_))
    }

    pub(crate) async fn connect(&self, patience: Duration) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(patience))
            .set_response_timeout(Some(patience));
        self.client().await?.get_multiplexed_async_connection_with_config(&config).await
    }
}

impl Cluster {
    fn new(nodes: &[String], certificates: Option<TlsCertificates>) -> RedisResult<Self> {
        let (retries, shortest, longest) = RETRIES;
        let mut builder = ClusterClientBuilder::new(nodes.iter().map(String::as_str))
            .connection_timeout(NODE_CONNECT)
            .response_timeout(NODE_ANSWER)
            .retries(retries)
            .min_retry_wait(shortest)
            .max_retry_wait(longest);
        if let Some(certificates) = &certificates {
            builder = builder.certs(certificates.clone());
        }
        let seeds = nodes.iter().map(|node| node.as_str().into_connection_info());
        Ok(Self { client: builder.build()?, seeds: seeds.collect::<RedisResult<_>>()?, certificates })
    }

    /// The nodes that are known from the settings.
    pub(crate) fn seeds(&self) -> Vec<Address> {
        let address = |seed: &ConnectionInfo| match seed.addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                Some(Address { host: host.clone(), port: *port })
            }
            _ => None,
        };
        self.seeds.iter().filter_map(address).collect()
    }

    /// One of the nodes. Speaks RESP3, which tells subscriptions from answers.
    pub(crate) fn node(&self, Address { host, port }: &Address) -> RedisResult<Client> {
        let Some(seed) = self.seeds.first() else {
            return Err((redis::ErrorKind::InvalidClientConfig, "a cluster without nodes").into());
        };
        let (host, port) = (host.clone(), *port);
        let address = match seed.addr() {
            ConnectionAddr::TcpTls { .. } => {
                ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None }
            }
            _ => ConnectionAddr::Tcp(host, port),
        };
        let protocol = seed.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        client(seed.clone().set_addr(address).set_redis_settings(protocol), self.certificates.as_ref())
    }
}

fn client(address: impl IntoConnectionInfo, certificates: Option<&TlsCertificates>) -> RedisResult<Client> {
    match certificates {
        None => Client::open(address),
        Some(certificates) => Client::build_with_tls(address, certificates.clone()),
    }
}

fn sentinels(settings: &RedisSettings, certificates: Option<TlsCertificates>) -> RedisResult<SentinelClient> {
    let settings = &settings.sentinel;
    let urls = settings.urls.iter().map(|url| url.as_str().into_connection_info());
    let urls = urls.collect::<RedisResult<Vec<_>>>()?;
    let addresses = urls.iter().map(|url| url.addr().clone());
    let mut builder = SentinelClientBuilder::new(addresses, &settings.master, SentinelServerType::Master)?;
    if let Some(sentinel) = urls.first() {
        if let Some(user) = sentinel.redis_settings().username() {
            builder = builder.set_client_to_sentinel_username(user);
        }
        if let Some(password) = sentinel.redis_settings().password() {
            builder = builder.set_client_to_sentinel_password(password);
        }
        if let (ConnectionAddr::TcpTls { .. }, Some(certificates)) = (sentinel.addr(), &certificates) {
            builder = builder.set_client_to_sentinel_certificates(certificates.clone());
        }
    }
    if let Some(user) = &settings.username {
        builder = builder.set_client_to_redis_username(user);
    }
    if let Some(password) = &settings.password {
        builder = builder.set_client_to_redis_password(password);
    }
    if settings.tls {
        builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
        if let Some(certificates) = certificates {
            builder = builder.set_client_to_redis_certificates(certificates);
        }
    }
    builder.build()
}

/// Whom to trust, when anything is spoken to by TLS.
fn certificates(settings: &RedisSettings) -> Result<Option<TlsCertificates>, Internal> {
    let RedisSettings { url, nodes, sentinel, ca_file, .. } = settings;
    let mut urls = std::iter::once(url).chain(nodes).chain(&sentinel.urls);
    if !sentinel.tls && !urls.any(|url| url.starts_with("rediss://")) {
        return Ok(None);
    }
    // The one cryptographic library, also in a program that has another one beside it. Set already: just as well.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let root_cert = ca_file.as_ref().map(std::fs::read).transpose().map_err(Internal::new)?;
    Ok(Some(TlsCertificates { client_tls: None, root_cert }))
}
