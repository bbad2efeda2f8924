//! Letters by a mail server: a small one, that takes them or does not.

use std::sync::{Arc, Mutex};

use tests::{App, eventually};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::ADA;

/// What the server has heard, one line each.
#[derive(Clone, Default)]
struct Server {
    heard: Arc<Mutex<Vec<String>>>,
    /// What it says to a recipient.
    answer: Arc<Mutex<&'static str>>,
}

impl Server {
    /// Starts; where it listens.
    async fn start(answer: &'static str) -> (Self, String) {
        let server = Self { answer: Arc::new(Mutex::new(answer)), ..Self::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let listening = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(listening.clone().talk(stream));
            }
        });
        (server, url)
    }

    async fn talk(self, stream: TcpStream) -> std::io::Result<()> {
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading).lines();
        writing.write_all(b"220 here\r\n").await?;
        let mut in_letter = false;
        while let Some(line) = lines.next_line().await? {
            self.heard.lock().unwrap().push(line.clone());
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "." if in_letter => {
                    in_letter = false;
                    "250 taken"
                }
                _ if in_letter => continue,
                "RCPT" => *self.answer.lock().unwrap(),
                "DATA" => {
                    in_letter = true;
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            writing.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }

    fn has_heard(&self, what: &str) -> bool {
        self.heard.lock().unwrap().iter().any(|line| line.contains(what))
    }
}

async fn app(url: &str) -> App {
    let from = "Somewhere <chat@example.org>";
    let app = App::builder().with("mail.transport", "smtp").with("mail.smtp_url", url);
    app.with("mail.from", from).start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_leaves_with_its_sender_and_recipient() {
    let (server, url) = Server::start("250 known").await;
    let app = app(&url).await;
    app.person("ada").await;
    eventually("it is sent", async || app.open_jobs().await == 0).await;
    for line in [
        "MAIL FROM:<chat@example.org>",
        "RCPT TO:<ada@example.org>",
        "Subject: Confirm your e-mail address",
        "Date: ",
        "Message-ID: <",
    ] {
        assert!(server.has_heard(line), "{line}: {:?}", server.heard.lock().unwrap());
    }
    assert_eq!(app.count("jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_refused_for_now_is_sent_later_and_one_that_is_refused_for_good_is_not() {
    let (server, url) = Server::start("451 come back").await;
    let app = app(&url).await;
    app.person("ada").await;
    eventually("a try failed", async || app.count("jobs WHERE last_error LIKE '%come back%'").await == 1)
        .await;
    *server.answer.lock().unwrap() = "250 known";
    app.clock.advance_ms(super::MINUTE_MS);
    eventually("it is sent", async || app.count("jobs").await == 0).await;
    assert!(server.has_heard(&format!("To: {ADA}")));
    *server.answer.lock().unwrap() = "550 nobody here";
    app.person("bob").await;
    eventually("it is given up", async || {
        app.count("jobs WHERE failed_at IS NOT NULL AND tries = 1 AND last_error LIKE '%nobody%'").await == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_silent_holds_nobody_up() {
    // It listens, and never says a word.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let app = App::builder().with("mail.transport", "smtp").with("mail.smtp_url", &url);
    let app = app.with("mail.timeout_s", "1").start().await;
    let ada = app.person("ada").await;
    ada.get("/api/auth/me").await.ok();
    eventually("the try ended", async || app.count("jobs WHERE last_error IS NOT NULL").await == 1).await;
}
