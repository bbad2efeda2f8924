//! How large a body may be, and bodies whose size is not what was said.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Deserializer, Value};
use tests::{Answer, App, Person};

const MAX: usize = 1_048_576;

/// Sends bytes as they are and reads one answer; `whole` says whether more could come.
async fn raw(app: &App, bytes: Vec<u8>, whole: bool) -> (u16, Value) {
    let address = app.gateways[0].url.trim_start_matches("http://").to_string();
    let exchange = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
        stream.write_all(&bytes).unwrap();
        if whole {
            stream.shutdown(Shutdown::Write).unwrap();
        }
        let (mut answer, mut part) = (Vec::new(), [0; 4_096]);
        loop {
            let read = stream.read(&mut part).unwrap();
            answer.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&answer);
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                // An answer to what is left of the bytes may follow.
                && let Some(Ok(body)) = Deserializer::from_str(body).into_iter::<Value>().next()
            {
                let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                return (status, body);
            }
            assert!(read > 0, "no answer: {text}");
        }
    };
    tokio::task::spawn_blocking(exchange).await.unwrap()
}

/// The head of a call that makes a server.
fn head(person: &Person, length: &str) -> String {
    let token = person.token();
    format!("POST /api/servers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n{length}\r\n\r\n")
}

/// A body of so many bytes that makes a server.
fn padded(length: usize) -> Vec<u8> {
    let start = br#"{"name":"x","padding":""#;
    let mut body = start.to_vec();
    body.resize(length - 2, b'.');
    body.extend_from_slice(br#""}"#);
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_at_most_a_mebibyte() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let request = ada.request(Method::POST, "/api/servers").body(padded(MAX));
    Answer::to(request).await.ok();

    // Refused before it is read when it says its size, else as soon as it is too large.
    let announced = head(&ada, &format!("content-length: {}", MAX + 1)).into_bytes();
    let mut chunked = head(&ada, "transfer-encoding: chunked").into_bytes();
    chunked.extend_from_slice(format!("{:x}\r\n", MAX + 1).as_bytes());
    chunked.extend(padded(MAX + 1));
    for request in [announced, chunked] {
        let (status, body) = raw(&app, request, false).await;
        assert_eq!((status, &body["code"]), (413, &Value::from("PAYLOAD_TOO_LARGE")), "{body}");
        assert_eq!(body["success"], false);
    }
    let servers = ada.get("/api/servers").await.ok()["servers"].clone();
    assert!(servers[1].is_null(), "one was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_is_told_so() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let body = r#"{"name":"x"}"#;
    let short = head(&ada, "content-length: 50") + body;
    let chunked = head(&ada, "transfer-encoding: chunked") + "32\r\n" + body;
    for request in [short, chunked] {
        let (status, body) = raw(&app, request.into_bytes(), true).await;
        assert_eq!((status, &body["code"]), (400, &Value::from("VALIDATION_FAILED")), "{body}");
        assert!(body["details"]["body"].is_array(), "{body}");
    }
    // One that is longer than was said is cut there.
    let (status, body) = raw(&app, (head(&ada, "content-length: 5") + body).into_bytes(), true).await;
    assert_eq!((status, &body["code"]), (400, &Value::from("VALIDATION_FAILED")), "{body}");
    assert_eq!(ada.get("/api/servers").await.ok()["servers"], Value::Array(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_chunks_is_read_as_a_whole() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let chunks = "5\r\n{\"nam\r\n7\r\ne\":\"x\"}\r\n0\r\n\r\n";
    let request = head(&ada, "transfer-encoding: chunked") + chunks;
    let (status, body) = raw(&app, request.into_bytes(), false).await;
    assert_eq!((status, &body["server"]["name"]), (201, &Value::from("x")), "{body}");
}
