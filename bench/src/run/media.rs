//! Uploads of large files: how much memory they take, and how fast they are beside the same bytes copied to the same disk.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddrV4, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use crate::fail::{Context as _, Failure, Outcome};
use crate::meter::number::{float, index, per, whole};
use crate::meter::{Histogram, Meter, Usage, process};
use crate::net::answer;
use crate::report::{Report, Row};
use crate::stage::{Person, Stage, Target, people};

/// What to upload.
#[derive(Debug, Args)]
pub(crate) struct Media {
    /// Clients that upload at the same time
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=60))]
    clients: u64,
    /// How large each file is, megabytes
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=50))]
    megabytes: u64,
    /// Files that each client uploads, one after the other
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=20))]
    files: u64,
}

impl Media {
    /// The most connections it uses.
    pub(crate) fn most(&self) -> usize {
        index(self.clients)
    }

    fn bytes(&self) -> u64 {
        self.megabytes * MB
    }

    /// Megabytes of all files.
    fn all(&self) -> f64 {
        float(self.clients * self.megabytes * self.files)
    }
}

const MB: u64 = 1_048_576;
/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// How long nothing happens before memory is taken for that of an idle gateway.
const REST: Duration = Duration::from_secs(3);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(300);
const BOUNDARY: &str = "----bench";
/// What makes a video of it, by its content: those may be the largest.
const VIDEO: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";

/// Measures.
pub(crate) fn media(asked: &Media, stage: &Stage, directory: &Path, report: &mut Report) -> Outcome {
    for target in stage.ours() {
        let people = people(target.door(0), asked.most())?;
        // The first of everything takes memory that stays.
        upload(target.door(0), people.first().ok_or_else(|| Failure::new("nobody"))?, MB)?;
        thread::sleep(REST);
        let idle = process::memory(&target.servers.gateways).rss;
        let done = uploads(asked, target, &people)?;
        thread::sleep(REST);
        let after = process::memory(&target.servers.gateways).rss;
        report.judge("uploads", &done.usage);
        let mib = |kib: u64| float(kib) / 1_024.0;
        report.row(
            Row::default()
                .count("clients", asked.clients)
                .count("file_mb", asked.megabytes)
                .count("files", whole(asked.most()) * asked.files)
                .number("mb_per_s", per(asked.all(), done.usage.seconds), 1)
                .number("p50_ms", done.took.quantile(0.5), 0)
                .number("p99_ms", done.took.quantile(0.99), 0)
                .number("idle_mib", mib(idle), 1)
                .number("peak_mib", mib(done.peak), 1)
                .number("more_mib", mib(done.peak.saturating_sub(idle)), 1)
                .number("after_mib", mib(after), 1)
                .usage(&done.usage, asked.clients * asked.megabytes * asked.files),
        );
    }
    for (name, program) in
        [("cp", ["cp", "--reflink=never"].as_slice()), ("cp with fsync", &["dd", "bs=1M", "conv=fsync"])]
    {
        let seconds = copies(asked, program, directory)?;
        report.note(format!(
            "{name}, {} at a time, of files as large on the same disk: {:.1} MB/s",
            asked.clients,
            per(asked.all(), seconds)
        ));
    }
    Ok(())
}

/// What came of it.
struct Done {
    took: Histogram,
    /// The most memory that the gateways took together, KiB.
    peak: u64,
    usage: Usage,
}

fn uploads(asked: &Media, target: &Target, people: &[Person]) -> Outcome<Done> {
    let (over, peak) = (AtomicBool::new(false), AtomicU64::new(0));
    let meter = Meter::start(&target.servers);
    let (took, usage) = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                peak.fetch_max(process::memory(&target.servers.gateways).rss, Ordering::Relaxed);
                thread::sleep(LOOK);
            }
        });
        let client = |(number, person): (usize, &Person)| {
            let (door, person) = (target.door(number), person.clone());
            scope.spawn(move || {
                (0..asked.files).map(|_| upload(door, &person, asked.bytes())).collect::<Outcome<Vec<_>>>()
            })
        };
        let clients = people.iter().enumerate().map(client).collect::<Vec<_>>();
        let parts = clients.into_iter().map(|client| {
            client.join().unwrap_or_else(|_| Err(Failure::new("a client of the measurement panicked")))
        });
        let took = parts.collect::<Outcome<Vec<_>>>();
        let usage = meter.stop();
        over.store(true, Ordering::Relaxed);
        (took, usage)
    });
    let mut all = Histogram::default();
    took?.into_iter().flatten().for_each(|one| all.add(one));
    Ok(Done { took: all, peak: peak.load(Ordering::Relaxed), usage })
}

/// Uploads a file of so many bytes; how long it took until the answer was there, which says that all of it arrived.
fn upload(address: SocketAddrV4, person: &Person, bytes: u64) -> Outcome<Duration> {
    let doing = || "an upload".to_owned();
    let before = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.mp4\"\r\nContent-Type: video/mp4\r\n\r\n"
    );
    let behind = format!("\r\n--{BOUNDARY}--\r\n");
    let length = whole(before.len() + behind.len()) + bytes;
    let head = format!(
        "POST /api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{before}",
        person.token
    );
    let mut stream = TcpStream::connect(address).context(doing)?;
    stream.set_read_timeout(Some(PATIENCE)).context(doing)?;
    stream.set_write_timeout(Some(PATIENCE)).context(doing)?;
    let since = Instant::now();
    stream.write_all(head.as_bytes()).context(doing)?;
    stream.write_all(VIDEO).context(doing)?;
    std::io::copy(&mut std::io::repeat(0x5a).take(bytes - whole(VIDEO.len())), &mut stream).context(doing)?;
    stream.write_all(behind.as_bytes()).context(doing)?;
    let mut said = Vec::new();
    stream.read_to_end(&mut said).context(doing)?;
    let took = since.elapsed();
    let (answer, _) = answer::decode(&said).ok_or_else(|| Failure::new("an upload without an answer"))?;
    let body: serde_json::Value = serde_json::from_slice(answer.body).context(doing)?;
    let kept = body.pointer("/attachments/0/size").and_then(serde_json::Value::as_u64);
    if answer.status == 201 && kept == Some(bytes) {
        Ok(took)
    } else {
        Err(Failure::new(format!("an upload was answered {}: {body}", answer.status)))
    }
}

/// Copies as many files of the same size by a program, as many at a time; how long that takes, seconds.
fn copies(asked: &Media, program: &[&str], directory: &Path) -> Outcome<f64> {
    let folder = directory.join(format!("copies-{}", std::process::id()));
    let doing = || format!("copying in {}", folder.display());
    std::fs::create_dir_all(&folder).context(doing)?;
    let from = folder.join("from");
    let mut file = std::fs::File::create(&from).context(doing)?;
    std::io::copy(&mut std::io::repeat(0x5a).take(asked.bytes()), &mut file).context(doing)?;
    file.sync_all().context(doing)?;
    let since = Instant::now();
    let copied = thread::scope(|scope| {
        let clients = (0..asked.clients).map(|client| {
            let (from, folder) = (&from, &folder);
            scope.spawn(move || {
                (0..asked.files)
                    .try_for_each(|file| copy(program, from, &folder.join(format!("{client}-{file}"))))
            })
        });
        let clients = clients.collect::<Vec<_>>();
        clients.into_iter().try_for_each(|client| {
            client.join().unwrap_or_else(|_| Err(Failure::new("a copy of the measurement panicked")))
        })
    });
    let seconds = since.elapsed().as_secs_f64();
    std::fs::remove_dir_all(&folder).context(doing)?;
    copied.map(|()| seconds)
}

fn copy(program: &[&str], from: &Path, to: &Path) -> Outcome {
    let (name, words) = program.split_first().ok_or_else(|| Failure::new("no program"))?;
    let mut command = Command::new(name);
    command.args(words).stdout(Stdio::null()).stderr(Stdio::null());
    match *name {
        "dd" => {
            let named = |what: &str, path: &Path| format!("{what}={}", path.display());
            command.arg(named("if", from)).arg(named("of", to));
        }
        _ => {
            command.arg(from).arg(to);
        }
    }
    let done = command.status().context(|| format!("could not run {name}"))?;
    if done.success() { Ok(()) } else { Err(Failure::new(format!("{name} failed"))) }
}
