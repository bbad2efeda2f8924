//! Searches by HTTP, in what a gateway indexed by itself. What a search counts must be what is there.

use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;

use super::LONGEST;
use super::calls::calls;
use crate::fail::{Context as _, Failure, Outcome};
use crate::meter::number::{float, index, per, whole};
use crate::report::{Report, Row};
use crate::stage::http::Client;
use crate::stage::{Database, Person, Place, Stage, Target, Texts, people, places};

/// Channels, each in a server of its own.
const CHANNELS: usize = 20;
/// Those that the searcher reads.
const READ: usize = 10;
/// People who write.
const AUTHORS: usize = 50;
/// Questions of each kind.
const QUESTIONS: i32 = 40;
/// What a search counts at most.
const COUNTED: i64 = 1_000;
/// How long indexing may stand still.
const PATIENCE: Duration = Duration::from_secs(120);

/// How to search.
#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Clients that each ask one question after the other; rows for each number
    #[arg(long, value_delimiter = ',', default_value = "1,4", value_parser = clap::value_parser!(u64).range(1..=1_000))]
    clients: Vec<u64>,
    /// Messages in twenty channels, half of which the searcher reads
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(i64).range(20..=100_000_000))]
    messages: i64,
    /// How long each row takes
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    seconds: u64,
}

impl Search {
    /// The most connections it uses.
    pub(crate) fn most(&self) -> usize {
        index(self.clients.iter().copied().max().unwrap_or(0))
    }
}

/// Measures.
pub(crate) fn search(asked: &Search, stage: &Stage, report: &mut Report) -> Outcome {
    for target in stage.ours() {
        let people = people(target.door(0), AUTHORS)?;
        let places = places(target.door(0), CHANNELS, &people)?;
        let searcher = people.last().ok_or_else(|| Failure::new("there should be people"))?;
        target.enrol(&stage.database, places.iter().take(READ).map(|place| (place, searcher)))?;
        for place in &places {
            let share = asked.messages / i64::try_from(CHANNELS).unwrap_or(1);
            target.fill(&stage.database, place, &people, share, Texts::Words)?;
        }
        report.note(indexed(&stage.database)?);
        for kind in Kind::ALL {
            let questions = kind.questions(&stage.database)?;
            check(kind, &questions, (target, searcher), (&stage.database, &places), report)?;
            for clients in &asked.clients {
                row(asked, kind, &questions, index(*clients), target, searcher, report)?;
            }
        }
    }
    Ok(())
}

/// Waits until everything is indexed; says how long that took, and how large it is.
fn indexed(database: &Database) -> Outcome<String> {
    const LEFT: &str = "SELECT coalesce(sum(t.rev - coalesce(m.rev, 0)), 0)::text FROM timelines t \
                        LEFT JOIN search_marks m ON m.timeline_id = t.id";
    let began = Instant::now();
    let (mut left, mut moved) = (database.text(LEFT)?, Instant::now());
    while left != "0" {
        eprint!("\rbench: {left} messages are not indexed yet ");
        sleep(Duration::from_secs(1));
        let now = database.text(LEFT)?;
        if now != left {
            (left, moved) = (now, Instant::now());
        }
        if moved.elapsed() > PATIENCE {
            return Err(Failure::new(format!("indexing stands still with {left} messages to go")));
        }
    }
    eprintln!();
    // As autovacuum will have done.
    database.execute("VACUUM ANALYZE search_texts", &[])?;
    let size = database.text("SELECT pg_size_pretty(pg_total_relation_size('search_texts'))")?;
    Ok(format!(
        "indexed after {:.0} s, the first minute of which may be waiting; {size}",
        began.elapsed().as_secs_f64()
    ))
}

/// Kinds of questions.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// One of the hundred most frequent words.
    Frequent,
    /// A word that few messages have.
    Rare,
    /// Five letters out of the middle of a rare word.
    Part,
    /// A frequent and a less frequent word.
    Two,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Frequent, Self::Rare, Self::Part, Self::Two];

    fn name(self) -> &'static str {
        match self {
            Self::Frequent => "a frequent word",
            Self::Rare => "a rare word",
            Self::Part => "part of a rare word",
            Self::Two => "two words",
        }
    }

    /// The expression of the question number `n`.
    fn sql(self) -> String {
        let word = |rank: &str| Texts::WORD.replace("rank", &format!("({rank})"));
        match self {
            Self::Frequent => word("1 + 6 * (n % 16)"),
            // Those of nine letters.
            Self::Rare => word("20003 + 600 * n"),
            Self::Part => format!("substr({}, 3, 5)", word("20003 + 600 * n")),
            Self::Two => format!("{} || ' ' || {}", word("5 + 6 * (n % 16)"), word("203 + 6 * n")),
        }
    }

    fn questions(self, database: &Database) -> Outcome<Vec<String>> {
        let questions = format!("SELECT {} FROM generate_series(1, $1::int) AS n", self.sql());
        let rows = database.rows(&questions, &[&QUESTIONS])?;
        let texts = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>();
        texts.context(|| "could not read the questions".to_owned())
    }
}

/// Compares what the first questions find with what is there.
fn check(
    kind: Kind,
    questions: &[String],
    (target, searcher): (&Target, &Person),
    (database, places): (&Database, &[Place]),
    report: &mut Report,
) -> Outcome {
    let channels = places.iter().take(READ).map(|place| &*place.channel).collect::<Vec<_>>();
    let mut client = Client::connect(target.door(0))?;
    for question in questions.iter().take(5) {
        let there = database.rows(
            "SELECT count(*) FROM messages WHERE timeline_id = ANY($1::text[]::uuid[]) \
             AND (SELECT bool_and(content LIKE '%' || word || '%') FROM unnest(string_to_array($2, ' ')) AS word)",
            &[&channels, question],
        )?;
        let there: Option<i64> = there.first().and_then(|row| row.try_get(0).ok());
        // In quotes, so that no other form of a word is found.
        let exact = format!("%22{}%22", question.replace(' ', "%22 %22"));
        let found = client.get(&path(&exact), &searcher.token)?;
        let total = found.get("total").and_then(serde_json::Value::as_i64);
        if total.is_none() || total != there.map(|there| there.min(COUNTED)) {
            report.fault(target, format!("{} \"{question}\": found {total:?} of {there:?}", kind.name()));
        }
    }
    Ok(())
}

/// Words have letters only.
fn path(question: &str) -> String {
    format!("/api/search?query={}", question.replace(' ', "%20"))
}

fn row(
    asked: &Search,
    kind: Kind,
    questions: &[String],
    clients: usize,
    target: &Target,
    searcher: &Person,
    report: &mut Report,
) -> Outcome {
    let requests = questions.iter().map(|question| {
        let token = &searcher.token;
        format!("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n", path(question))
    });
    let done = calls(target, clients, requests.collect(), 200, asked.seconds)?;
    let part = format!("{}, {clients} clients", kind.name());
    report.judge(&part, &done.usage);
    if done.wrong > 0 {
        report.fault(target, format!("{part}: {} answers had another status", done.wrong));
    }
    report.row(
        Row::default()
            .text("question", kind.name())
            .count("clients", whole(clients))
            .number("searches_per_s", per(float(done.count), done.usage.seconds), 0)
            .number("p50_ms", done.took.quantile(0.5), 2)
            .number("p95_ms", done.took.quantile(0.95), 2)
            .number("p99_ms", done.took.quantile(0.99), 2)
            .count("wrong", done.wrong)
            .usage(&done.usage, done.count),
    );
    Ok(())
}
