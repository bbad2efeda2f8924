//! As many sockets that never read as there are others: those do not notice, and memory stays bounded.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};

use super::crowd::{Crowd, now};
use super::{Load, Measured};
use crate::chaos::stage::Stage;
use crate::wire::{Wire, opcode};

const CALM: Duration = Duration::from_secs(20);
/// How long it takes at most until what a connection costs is paid for all of them. What is asked is what those cost who do not
/// read, not those who come.
const COMING: Duration = Duration::from_secs(10);
const FIN: u8 = 0x80;

pub(super) async fn run(stage: Stage, load: &Load) -> Measured {
    let mut crowd = Crowd::gather(stage, load).await;
    crowd.write(load);
    sleep(Duration::from_secs(2)).await;
    let (begun, alone) = (now(), memory(&crowd.stage).await);
    sleep(CALM).await;
    let opening = now();
    let deaf = open(&crowd, load.sockets).await;
    sleep(COMING).await;
    let opened = now();
    let (until, mut most) = (Instant::now() + load.lasts, 0);
    while Instant::now() < until {
        most = memory(&crowd.stage).await.max(most);
        sleep(Duration::from_millis(500)).await;
    }
    let ended = now();
    let there = crowd.there();
    let heard = crowd.end().await;
    let lines = vec![
        format!("heard without them: {}", heard.lag(begun, opening)),
        format!("heard while {} come: {}", deaf.len(), heard.lag(opening, opened)),
        format!("heard beside {} that do not read: {}", deaf.len(), heard.lag(opened, ended)),
        format!("readers that were there at the end: {there} of {}", load.sockets),
        format!("resident memory of all gateways: {alone} MiB without them, at most {most} MiB with them"),
    ];
    Measured { lines, wrong: heard.wrong }
}

/// Opens sockets that will never read, in the channels of the others.
async fn open(crowd: &Crowd, count: usize) -> Vec<Wire> {
    let mut deaf = Vec::with_capacity(count);
    for number in 0..count {
        let (person, server) = &crowd.places[number % crowd.places.len()];
        let url = crowd.stage.url(number % crowd.stage.gateways()).expect("a gateway");
        let mut wire = Wire::deaf(&url, person.token()).await;
        let join = json!({ "event": "join-channel", "data": { "channelId": server.channel } });
        wire.send(FIN | opcode::TEXT, join.to_string().as_bytes()).await;
        deaf.push(wire);
        if number % 20 == 19 {
            sleep(Duration::from_millis(10)).await;
        }
    }
    deaf
}

/// What all gateways keep in memory, MiB.
async fn memory(stage: &Stage) -> u64 {
    let mut kib = 0;
    for gateway in 0..stage.gateways() {
        let Some(pid) = stage.pid(gateway).await else { continue };
        let told = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let resident = told.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        kib += resident.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0);
    }
    kib / 1024
}
