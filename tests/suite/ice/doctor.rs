//! What the doctor says of servers that are as they should be, and of others.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::Value;
use tests::{TURN_SECRET, TurnServer};
use tokio::net::{TcpSocket, UdpSocket};

const BINARY: &str = env!("CARGO_BIN_EXE_guildhall-under-test");

async fn doctor(stun: &[&str], turn: &[&str]) -> (bool, Value) {
    tests::doctor(BINARY, stun, turn, TURN_SECRET).await
}

/// How each check of a server ended.
fn states(server: &Value) -> BTreeMap<&str, &str> {
    let checks = server["checks"].as_array().unwrap().iter();
    checks.map(|check| (check["name"].as_str().unwrap(), check["state"].as_str().unwrap())).collect()
}

/// The checks that failed, and what is told of them and is to be changed.
fn failures(server: &Value) -> Vec<(&str, String)> {
    let checks = server["checks"].as_array().unwrap().iter().filter(|check| check["state"] == "failed");
    checks
        .map(|check| {
            let words =
                format!("{} | {}", check["told"].as_str().unwrap(), check["change"].as_str().unwrap());
            (check["name"].as_str().unwrap(), words)
        })
        .collect()
}

/// The one check that failed.
fn failure(told: &Value) -> (&str, String) {
    let found = failures(&told["servers"][0]);
    assert_eq!(found.len(), 1, "{told:#}");
    found[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_as_the_documentation_recommends_is_well() {
    let Some(server) = TurnServer::start(&[], &[]).await else { return };
    let (udp, tcp, tls) = (server.turn("udp"), server.turn("tcp"), server.turns());
    let (good, told) = doctor(&[&server.stun()], &[&udp, &tcp, &tls]).await;
    assert!(good, "{told:#}");
    let servers = told["servers"].as_array().unwrap();
    assert_eq!(states(&servers[0]), BTreeMap::from([("reachable", "ok")]));
    for server in &servers[1..] {
        assert_eq!(states(server).len(), 7);
        assert!(states(server).values().all(|state| *state == "ok"), "{server:#}");
    }
    assert_eq!(told["hints"].as_array().unwrap().len(), 0);
    // The secret and what is made of it are for nobody's eyes.
    assert!(!told.to_string().contains(TURN_SECRET));
    let (_, told) = doctor(&[], &[&udp]).await;
    assert!(told["hints"][0].as_str().unwrap().contains("TLS"), "{told:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_secret_is_told() {
    let Some(server) = TurnServer::start(&[], &[]).await else { return };
    let secret = "another secret, that coturn has never heard of";
    let (good, told) = tests::doctor(BINARY, &[], &[&server.turn("udp")], secret).await;
    assert!(!good);
    let (name, words) = failure(&told);
    assert!(name == "credentials-accepted" && words.contains("401"), "{words}");
    assert!(words.contains("static-auth-secret") && words.contains("voice.ice.secret"), "{words}");
    assert_eq!(states(&told["servers"][0])["relays"], "skipped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_relays_to_what_is_behind_it_is_told() {
    let Some(server) = TurnServer::start(&["denied-peer-ip", "no-multicast-peers"], &[]).await else {
        return;
    };
    for uri in [server.turn("udp"), server.turns()] {
        let (good, told) = doctor(&[], &[&uri]).await;
        assert!(!good);
        let (name, words) = failure(&told);
        assert_eq!(name, "private-peers-refused");
        for part in
            ["127.0.0.1", "169.254.169.254", "denied-peer-ip=10.0.0.0-10.255.255.255", "no-multicast-peers"]
        {
            assert!(words.contains(part), "{words}");
        }
        assert_eq!(states(&told["servers"][0])["relays"], "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_range_that_was_forgotten_is_named_alone() {
    let Some(server) = TurnServer::start(&["denied-peer-ip=169.254."], &[]).await else { return };
    let (_, told) = doctor(&[], &[&server.turn("udp")]).await;
    let (_, words) = failure(&told);
    assert!(words.ends_with("| denied-peer-ip=169.254.0.0-169.254.255.255"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn private_peers_of_ipv6_are_looked_at_too() {
    if UdpSocket::bind("[::1]:0").await.is_err() {
        let _ = writeln!(std::io::stderr(), "skipped: no IPv6 here");
        return;
    }
    let Some(server) = TurnServer::start(&[], &["relay-ip=::1", "allowed-peer-ip=::1"]).await else { return };
    let (_, told) = doctor(&[], &[&server.turn("udp")]).await;
    // Of all, only the one that is allowed.
    let (name, words) = failure(&told);
    assert!(name == "private-peers-refused" && words.starts_with("it relays to ::1 | "), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_for_everybody_is_told() {
    let without = ["use-auth-secret", "static-auth-secret"];
    let Some(server) = TurnServer::start(&without, &["no-auth"]).await else { return };
    let (good, told) = doctor(&[], &[&server.turn("udp")]).await;
    assert!(!good);
    let (name, words) = failure(&told);
    assert!(name == "anonymous-refused" && words.contains("no-auth"), "{words}");
    let states = states(&told["servers"][0]);
    assert_eq!((states["credentials-accepted"], states["relays"]), ("skipped", "ok"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_relay_to_itself_is_told() {
    let Some(server) = TurnServer::start(&["allowed-peer-ip"], &[]).await else { return };
    let (good, told) = doctor(&[], &[&server.turn("udp")]).await;
    assert!(!good);
    let (name, words) = failure(&told);
    assert!(name == "relays" && words.contains("allowed-peer-ip"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn quotas_that_are_too_small_are_told() {
    let Some(server) = TurnServer::start(&["user-quota"], &["user-quota=1"]).await else { return };
    let (good, told) = doctor(&[], &[&server.turn("udp")]).await;
    assert!(!good);
    let words = failures(&told["servers"][0]).pop().unwrap().1;
    assert!(words.contains("486") && words.contains("user-quota"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_and_one_with_a_strangers_certificate_are_told() {
    let Some(server) = TurnServer::start(&["cert=", "pkey="], &["no-tls", "no-dtls"]).await else { return };
    // Where TCP is answered, and where nothing is.
    let plain = server.turn("tcp").replace("turn:", "turns:");
    let (good, told) = doctor(&[], &[&plain, &server.turn("tcp")]).await;
    assert!(!good);
    let (name, words) = failure(&told);
    assert!(name == "reachable" && words.contains("tls-listening-port"), "{words}");
    assert_eq!(failures(&told["servers"][1]), []);

    let Some(server) = TurnServer::start(&[], &["listening-ip=127.0.0.3"]).await else { return };
    let elsewhere = server.turns().replace("127.0.0.1", "127.0.0.3");
    let (_, told) = doctor(&[], &[&elsewhere]).await;
    let (name, words) = failure(&told);
    assert!(name == "reachable" && words.contains("cert: a valid certificate for 127.0.0.3"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_are_not_there_are_told() {
    // Taken, and silent; so nobody else gets them meanwhile.
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let closed = TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let (udp, tcp) = (silent.local_addr().unwrap(), closed.local_addr().unwrap());
    let turn = [
        format!("turn:{udp}"),
        format!("turn:{tcp}?transport=tcp"),
        format!("turns:{tcp}"),
        "turn:turn.invalid".into(),
    ];
    let turn = turn.iter().map(String::as_str).collect::<Vec<_>>();
    let (good, told) = doctor(&[&format!("stun:{udp}")], &turn).await;
    assert!(!good);
    let expected = ["no answer", "no answer", "nothing listens", "nothing listens", "its name leads nowhere"];
    for (server, expected) in told["servers"].as_array().unwrap().iter().zip(expected) {
        let found = failures(server);
        let [(name, words)] = &found[..] else { panic!("{told:#}") };
        assert!(*name == "reachable" && words.contains(expected), "{words}");
        assert!(states(server).iter().all(|(name, state)| *name == "reachable" || *state == "skipped"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_no_stun_is_told() {
    let app = tests::App::start().await;
    let address = app.url().trim_start_matches("http://");
    let (good, told) =
        doctor(&[], &[&format!("turn:{address}?transport=tcp"), &format!("turns:{address}")]).await;
    assert!(!good);
    for server in told["servers"].as_array().unwrap() {
        assert_eq!(failures(server).len(), 1, "{told:#}");
        assert_eq!(states(server)["reachable"], "failed");
    }
}
