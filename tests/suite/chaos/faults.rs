//! The short form of `cargo xtask chaos`.

use std::io::Write as _;
use std::time::Duration;

use clap::ValueEnum;
use kernel::Env;
use tests::chaos::{Kind, Options, run};

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_nothing_is_lost_doubled_reordered_or_leaked() {
    shaken(20_261_121).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_with_other_faults_every_time() {
    shaken(u64::from_le_bytes(Env::system().bytes())).await;
}

async fn shaken(seed: u64) {
    let logs = tempfile::tempdir().unwrap();
    let options = Options {
        binary: env!("CARGO_BIN_EXE_guildhall-under-test").into(),
        seed,
        length: Duration::from_secs(9),
        gateways: 2,
        clients: 8,
        channels: 2,
        pace: Duration::from_millis(250),
        kinds: Kind::value_variants().to_vec(),
        longest: Duration::from_secs(2),
        logs: logs.path().to_path_buf(),
        talkative: false,
    };
    // Where it is seen even if the run never ends. The same plan again:
    let again = format!(
        "cargo xtask chaos --dev --seed {seed} --minutes 0.15 --gateways 2 --clients 8 --channels 2 --pace 250 --longest 2\n"
    );
    let _ = std::io::stderr().write_all(again.as_bytes());
    let Some(report) = run(&options).await else { return };
    if !report.is_clean() {
        let _ = logs.keep();
    }
    assert!(report.is_clean(), "{report}");
}
