//! All that stands in this folder, once more on a real store that speaks S3.

use std::process::Stdio;
use std::time::Duration;

use tests::{Garage, STORE};
use tokio::process::Command;

/// How long all of it may take: it takes a minute or two.
const PATIENCE: Duration = Duration::from_secs(900);

/// In a process of its own, whose apps keep their files in the store unless they say otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn all_of_this_is_so_on_a_real_store() {
    let Some(garage) = Garage::start().await else { return };
    let mut suite = Command::new(std::env::current_exe().unwrap());
    // Not what has a store of its own, and not what never comes to a store.
    let skipped = ["media::garage", "media::s3", "a_bucket_", "media::browser"];
    suite.arg("media::").args(skipped.iter().flat_map(|test| ["--skip", test])).args(["--test-threads", "2"]);
    suite.env(STORE, garage.url()).stdin(Stdio::null()).kill_on_drop(true);
    let done = tokio::time::timeout(PATIENCE, suite.output()).await.expect("it ends").unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
    let told = said.lines().find(|line| line.starts_with("test result:")).unwrap_or_default();
    assert!(!told.contains(" 0 passed"), "{said}");
}
