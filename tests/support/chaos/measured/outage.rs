//! Redis is stopped for a while under load: sends succeed, and everything is heard soon after its return at the latest.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::sleep;

use super::crowd::{Crowd, now};
use super::{Load, Measured};
use crate::chaos::plan::Fault;
use crate::chaos::stage::Stage;

/// Before and after.
const CALM: Duration = Duration::from_secs(10);
/// What was sent before Redis returned is heard this soon after it, milliseconds.
const SOON_MS: i64 = 2_000;

pub(super) async fn run(stage: Stage, load: &Load) -> Measured {
    let mut crowd = Crowd::gather(stage, load).await;
    crowd.write(load);
    sleep(CALM).await;
    let gone = now();
    crowd.stage.begin(Fault::KillRedis).await;
    sleep(load.lasts).await;
    let failed = crowd.failed.load(Ordering::SeqCst);
    crowd.stage.mend(Fault::KillRedis).await;
    let back = now();
    sleep(CALM).await;
    let mut heard = crowd.end().await;
    let before = heard.sent.iter().filter(|one| one.acknowledged <= back);
    let late =
        before.filter_map(|one| Some(heard.latest.get(&(one.channel, one.rev))? - back)).max().unwrap_or(0);
    let lines = vec![
        format!("answers before:  {}", heard.answers(0, gone)),
        format!("answers without: {}", heard.answers(gone, back)),
        format!("heard before:    {}", heard.lag(0, gone)),
        format!("heard without:   {}", heard.lag(gone, back)),
        format!("heard after:     {}", heard.lag(back, i64::MAX)),
        format!("tries that failed without Redis: {failed}"),
        format!("what was sent before its return was heard {} ms after it at the latest", late.max(0)),
    ];
    if failed > 0 {
        heard.wrong.push(format!("{failed} sends failed while Redis was away"));
    }
    if late > SOON_MS {
        heard.wrong.push(format!("something was heard only {late} ms after the return of Redis"));
    }
    Measured { lines, wrong: heard.wrong }
}
