//! A site that may be looked at, and a listener beside it that nobody may reach.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What a path answers.
#[derive(Clone, Debug)]
pub(super) enum Page {
    /// Bytes after a content type.
    Body(&'static str, Vec<u8>),
    /// A status with a `Location`.
    Redirect(u16, String),
    /// A title, and then bytes without end.
    Endless,
    /// A byte now and then, without end.
    Slow,
    /// A page that is held until it is released.
    Held(&'static str),
}

/// Both, on one port: the site at 127.0.0.2, the canary at 127.0.0.1 and ::1.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) port: u16,
    /// Calls that the site got.
    pub(super) calls: Arc<AtomicUsize>,
    /// Bytes that were taken from it without end.
    pub(super) taken: Arc<AtomicUsize>,
    /// What holds [`Page::Held`].
    pub(super) gate: Arc<Semaphore>,
    canary: Arc<AtomicUsize>,
}

impl Site {
    pub(super) async fn start(pages: impl IntoIterator<Item = (&'static str, Page)>) -> Self {
        let (canary, site) = loop {
            let canary = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = canary.local_addr().unwrap().port();
            if let Ok(site) = TcpListener::bind(("127.0.0.2", port)).await {
                break (canary, site);
            }
        };
        let port = site.local_addr().unwrap().port();
        let this = Self {
            port,
            calls: Arc::default(),
            taken: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
            canary: Arc::default(),
        };
        for listener in [Some(canary), TcpListener::bind(("::1", port)).await.ok()].into_iter().flatten() {
            let heard = Arc::clone(&this.canary);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    heard.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let pages = Arc::new(pages.into_iter().collect::<HashMap<_, _>>());
        let serving = this.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = site.accept().await {
                let (serving, pages) = (serving.clone(), Arc::clone(&pages));
                tokio::spawn(async move { serving.answer(stream, &pages).await });
            }
        });
        this
    }

    /// Connections to where none may go.
    pub(super) fn betrayed(&self) -> usize {
        self.canary.load(Ordering::SeqCst)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://site.example:{}{path}", self.port)
    }

    async fn answer(&self, mut stream: TcpStream, pages: &HashMap<&'static str, Page>) -> Option<()> {
        let mut request = Vec::new();
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let mut part = [0; 1024];
            let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
            request.extend_from_slice(&part[..read]);
        }
        self.calls.fetch_add(1, Ordering::SeqCst);
        let request = String::from_utf8_lossy(&request).into_owned();
        let target = request.split(' ').nth(1)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let page = match path {
            // To wherever the caller says.
            "/to" => {
                let (status, location) = query.split_once('=')?;
                Page::Redirect(status.parse().ok()?, location.replace("%23", "#"))
            }
            path => pages.get(path)?.clone(),
        };
        let head =
            |kind: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n");
        match page {
            Page::Body(kind, body) => {
                stream.write_all(head(kind).as_bytes()).await.ok()?;
                stream.write_all(&body).await.ok()?;
            }
            Page::Redirect(status, to) => {
                let answer = format!("HTTP/1.1 {status} X\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.ok()?;
            }
            Page::Held(title) => {
                self.gate.acquire().await.ok()?.forget();
                let page = format!("{}<title>{title}</title>", head("text/html"));
                stream.write_all(page.as_bytes()).await.ok()?;
            }
            Page::Endless => {
                let page = format!("{}<title>Endless</title>", head("text/html"));
                stream.write_all(page.as_bytes()).await.ok()?;
                loop {
                    stream.write_all(&[b'x'; 65_536]).await.ok()?;
                    self.taken.fetch_add(65_536, Ordering::SeqCst);
                }
            }
            Page::Slow => {
                stream.write_all(head("text/html").as_bytes()).await.ok()?;
                loop {
                    stream.write_all(b" ").await.ok()?;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        stream.shutdown().await.ok()
    }
}

/// A page of HTML.
pub(super) fn html(text: &str) -> Page {
    Page::Body("text/html; charset=utf-8", text.as_bytes().to_vec())
}
