//! A server that is measured: Guildhall, or the one to compare with. What is written past its calls stands here.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::gateway::Gateway;
use super::people::{Person, Place};
use super::{Database, Surroundings, install, product};
use crate::fail::{Failure, Outcome};
use crate::meter::Servers;
use crate::net::{Dialect, Seat};

/// A UUIDv7 of the moment `sent`, as the product makes them: the order of the key is that of time.
const ID: &str = "(lpad(to_hex((extract(epoch FROM sent) * 1000)::bigint), 12, '0') || '7' || \
                  substr(md5(n || $1::text), 1, 3) || '8' || substr(md5(n || $1::text), 4, 15))::uuid";

/// What messages say that are written into the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Texts {
    /// The same words again and again. They count as indexed: what is measured is not disturbed by that.
    Plain,
    /// Six to fourteen of 50,000 words, each as often as words of its rank are in a language. The gateway indexes them.
    Words,
}

impl Texts {
    fn sql(self) -> String {
        match self {
            Self::Plain => "'message ' || n || repeat(' the quick brown fox', 1 + (n % 5)::int)".to_owned(),
            Self::Words => format!(
                "(SELECT string_agg({}, ' ') FROM (SELECT floor(exp(random() * ln(50000)))::int AS rank \
                 FROM generate_series(1, 6 + (n % 9)::int)) AS r)",
                Self::WORD
            ),
        }
    }

    /// The word of a `rank`, 1 being the most frequent.
    pub(crate) const WORD: &str =
        "translate(substr(md5(rank::text), 1, 4 + rank % 6), '0123456789abcdef', 'etaoinshrdlucmfp')";
}

/// A server. Its processes end with this value.
#[derive(Debug)]
pub(crate) struct Target {
    /// What it is called in tables.
    pub(crate) name: &'static str,
    /// What it speaks.
    pub(crate) dialect: Dialect,
    gateways: Vec<Gateway>,
    /// Its processes and the databases.
    pub(crate) servers: Servers,
}

impl Target {
    /// Gateways of ours, on a database that is migrated first.
    pub(super) fn guildhall(here: &Surroundings, database: &Database, count: usize) -> Outcome<Self> {
        let mut migrate = product(here, database, "migrate");
        let migrated = migrate.arg("up").stderr(Stdio::piped()).output();
        let migrated = migrated.map_err(|error| Failure::new(format!("could not run guildhall: {error}")))?;
        if !migrated.status.success() {
            let words = String::from_utf8_lossy(&migrated.stderr).into_owned();
            return Err(Failure::new(format!("could not migrate: {}", words.trim())));
        }
        let gateways = (0..count.max(1)).map(|number| {
            let log = here.directory.join(format!("guildhall-{number}.log"));
            Gateway::start(&mut product(here, database, "serve"), &log)
        });
        Ok(Self::of("guildhall", Dialect::Guildhall, gateways.collect::<Outcome<_>>()?, here))
    }

    /// The server in `bench/socketio`, on the same database.
    pub(super) fn socket_io(here: &Surroundings, database: &Database) -> Outcome<Self> {
        let directory = install::socket_io(here)?;
        let mut node = Command::new("node");
        node.arg("server.mjs").current_dir(&directory).env("NODE_ENV", "production");
        node.env("GUILDHALL__DATABASE__URL", database.url());
        let process = Gateway::start(&mut node, &here.directory.join("socketio.log"))?;
        Ok(Self::of("socketio", Dialect::SocketIo, vec![process], here))
    }

    fn of(name: &'static str, dialect: Dialect, gateways: Vec<Gateway>, here: &Surroundings) -> Self {
        let pids = gateways.iter().map(Gateway::pid).collect();
        let servers = Servers { gateways: pids, postgres: here.postgres_pid, redis: here.redis_pid };
        Self { name, dialect, gateways, servers }
    }

    /// Where the n-th client goes: to the gateways by turns.
    pub(crate) fn door(&self, client: usize) -> SocketAddrV4 {
        let gateway = self.gateways.get(client % self.gateways.len().max(1));
        gateway.map_or(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0), |gateway| gateway.address)
    }

    /// The place of the n-th client, who is `person`, in `channel` if it is to hear one.
    pub(crate) fn seat(&self, client: usize, person: &Person, channel: Option<&Arc<str>>) -> Seat {
        Seat { address: self.door(client), token: Arc::clone(&person.token), channel: channel.cloned() }
    }

    /// Makes people members of servers. Not by calls: ten thousand people in five servers each would take a minute, and
    /// while nobody is connected nobody can tell the difference.
    pub(crate) fn enrol<'a>(
        &self,
        database: &Database,
        members: impl IntoIterator<Item = (&'a Place, &'a Person)>,
    ) -> Outcome {
        let (servers, users): (Vec<_>, Vec<_>) =
            members.into_iter().map(|(place, person)| (place.server.as_str(), person.id.as_str())).unzip();
        let (table, columns, joined) = match self.dialect {
            Dialect::Guildhall => ("members", "guild_id, user_id, joined_at", ", now()"),
            Dialect::SocketIo => ("peer_members", "server_id, user_id", ""),
        };
        let enrol = format!(
            "INSERT INTO {table} ({columns}) SELECT server::uuid, person::uuid{joined} \
             FROM unnest($1::text[], $2::text[]) AS u (server, person) ON CONFLICT DO NOTHING"
        );
        database.execute(&enrol, &[&servers, &users])?;
        if self.dialect == Dialect::Guildhall {
            let count =
                "UPDATE guilds SET member_count = (SELECT count(*) FROM members WHERE guild_id = guilds.id)";
            database.execute(count, &[])?;
        }
        // As autovacuum will have done wherever so many people are.
        database.execute("ANALYZE", &[]).map(drop)
    }

    /// Writes `messages` messages of `authors` into an empty channel, one a second up to now.
    pub(crate) fn fill(
        &self,
        database: &Database,
        place: &Place,
        authors: &[Person],
        messages: i64,
        texts: Texts,
    ) -> Outcome {
        let channel = &*place.channel;
        let authors = authors.iter().map(|author| author.id.as_str()).collect::<Vec<_>>();
        let (table, columns, more) = match self.dialect {
            Dialect::Guildhall => {
                ("messages", "timeline_id, author_id, kind, created_rev, rev", "'text', n, n")
            }
            Dialect::SocketIo => ("peer_messages", "channel_id, author_id", ""),
        };
        let comma = if more.is_empty() { "" } else { "," };
        let fill = format!(
            "INSERT INTO {table} ({columns}, seq, id, content, created_at) \
             SELECT $1::text::uuid, ($3::text[])[1 + n % cardinality($3)]::uuid{comma} {more}, n, {ID}, {content}, sent \
             FROM generate_series(1, $2::bigint) AS n, LATERAL (SELECT now() - ($2 - n) * interval '1 s' AS sent) AS t",
            content = texts.sql(),
        );
        database.execute(&fill, &[&channel, &messages, &authors])?;
        if self.dialect == Dialect::Guildhall {
            let head = "UPDATE timelines SET last_seq = $2, rev = $2 WHERE id = $1::text::uuid";
            database.execute(head, &[&channel, &messages])?;
            if texts == Texts::Plain {
                let mark = "INSERT INTO search_marks (timeline_id, rev, language) VALUES ($1::text::uuid, $2, 'english')";
                database.execute(mark, &[&channel, &messages])?;
            }
        }
        database.execute(&format!("VACUUM ANALYZE {table}"), &[]).map(drop)
    }

    /// A query for all messages of ours: number, channel, place.
    pub(crate) fn stored(&self) -> &'static str {
        match self.dialect {
            Dialect::Guildhall => {
                "SELECT substring(content FROM '#([0-9]+) ')::bigint, timeline_id::text, seq FROM messages \
                 WHERE content LIKE 'bench #%'"
            }
            Dialect::SocketIo => {
                "SELECT substring(content FROM '#([0-9]+) ')::bigint, channel_id::text, seq FROM peer_messages \
                 WHERE content LIKE 'bench #%'"
            }
        }
    }

    /// A query for channels whose numbers have gaps or do not agree with their head; the peer promises neither.
    pub(crate) fn gaps(&self) -> &'static str {
        match self.dialect {
            Dialect::Guildhall => {
                "SELECT t.id FROM timelines t JOIN messages m ON m.timeline_id = t.id GROUP BY t.id \
                 HAVING min(m.seq) <> 1 OR max(m.seq) <> count(*) OR max(m.seq) <> t.last_seq OR max(m.rev) <> t.rev"
            }
            Dialect::SocketIo => "SELECT 1 WHERE false",
        }
    }

    /// The place of the last message so far, in an order that the next one goes on with.
    pub(crate) fn head(&self, database: &Database, place: &Place) -> Outcome<u64> {
        let channel = &*place.channel;
        let head = match self.dialect {
            Dialect::Guildhall => "SELECT rev FROM timelines WHERE id = $1::text::uuid",
            // One order for all channels.
            Dialect::SocketIo => "SELECT coalesce(max(seq), 0) FROM peer_messages WHERE $1::text IS NOT NULL",
        };
        let rows = database.rows(head, &[&channel])?;
        let head: Option<i64> = rows.first().and_then(|row| row.try_get(0).ok());
        head.and_then(|head| u64::try_from(head).ok()).ok_or_else(|| Failure::new("a channel without a head"))
    }
}
