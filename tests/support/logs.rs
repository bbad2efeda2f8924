//! What the product logs while a test looks.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// The product's crates with every detail, others with what somebody may turn on who looks for a fault; but for the
/// clients that only tests have.
const FILTER: &str = "debug,kernel=trace,backbone=trace,identity=trace,messaging=trace,guilds=trace,moderation=trace,\
    gateway=trace,tungstenite=info,tokio_tungstenite=info";

static LOOKING: AtomicUsize = AtomicUsize::new(0);
static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LISTENING: OnceLock<()> = OnceLock::new();

/// Everything that is logged, by other tests too, from its beginning to its end: the product's own crates with every
/// detail, others with much.
#[derive(Debug)]
pub struct Logs(());

impl Logs {
    /// Begins to look.
    pub fn watch() -> Self {
        LISTENING.get_or_init(|| {
            let filter = EnvFilter::new(FILTER);
            let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Sink);
            lines.try_init().expect("nobody else listens to the logs");
        });
        LOOKING.fetch_add(1, Ordering::SeqCst);
        Self(())
    }

    /// What was logged so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&LINES.lock().expect("the lines")).into_owned()
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        if LOOKING.fetch_sub(1, Ordering::SeqCst) == 1
            && let Ok(mut lines) = LINES.lock()
        {
            lines.clear();
        }
    }
}

struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if LOOKING.load(Ordering::SeqCst) > 0
            && let Ok(mut lines) = LINES.lock()
        {
            lines.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}
