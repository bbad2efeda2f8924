//! Everything at once ends in one consistent state.

use futures_util::future::{join, join_all};
use serde_json::json;
use tests::eventually;

use super::{RINGS_MS, block, call, crew, last_call, phone, steady, text};

/// How often each race is run.
const ROUNDS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn of_all_devices_that_answer_one_does() {
    let app = steady().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let mut hers = app.socket(&ada, 0).await;
    let mut devices = Vec::new();
    for n in 0..4 {
        devices.push(phone(&bob).await.at(&app.gateways[n % 2].url));
    }
    for _ in 0..ROUNDS {
        let id = call(&mut hers, &bob).await;
        let path = format!("/api/calls/{id}/answer");
        let answers = devices.iter().map(|device| device.post(&path, json!({})));
        let answers = join_all(answers).await;
        let statuses = answers.iter().map(|answer| answer.status.as_u16()).collect::<Vec<_>>();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
        app.voice_is_whole().await;
        hers.command("end-dm-call", json!({ "sessionId": id })).await;
        assert_eq!(last_call(&bob).await["outcome"], "answered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hangs_up_while_the_other_answers_had_a_call_or_none() {
    let app = steady().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let (mut hers, bob) = (app.socket(&ada, 0).await, bob.at(&app.gateways[1].url));
    for _ in 0..ROUNDS {
        let id = call(&mut hers, &bob).await;
        let path = format!("/api/calls/{id}/answer");
        let answer = bob.post(&path, json!({}));
        let (answer, _) = join(answer, hers.command("end-dm-call", json!({ "sessionId": id }))).await;
        // Over in any case; it may have been over before the answer could show it.
        assert!([200, 404, 409].contains(&answer.status.as_u16()), "{answer:?}");
        app.voice_is_whole().await;
        let last = last_call(&ada).await;
        assert_eq!(last["id"], id.as_str());
        let expected = if answer.status == 404 { "cancelled" } else { "answered" };
        assert_eq!(last["outcome"], expected);
        assert_eq!(ada.get("/api/voice/sessions").await.ok()["sessions"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_call_each_other_are_in_one_call() {
    let app = steady().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let (ada, bob) = (ada.clone(), bob.at(&app.gateways[1].url));
    for _ in 0..ROUNDS {
        let hers = ada.post("/api/voice/dm-call", json!({ "recipientId": bob.id }));
        let his = bob.post("/api/voice/dm-call", json!({ "recipientId": ada.id }));
        let (hers, his) = join(hers, his).await;
        let (hers, his) = (hers.ok(), his.ok());
        let id = text(&hers["session"]["id"]);
        assert_eq!(his["session"]["id"], id.as_str());
        let sessions = ada.get("/api/voice/sessions").await.ok()["sessions"].clone();
        assert_eq!(sessions[0]["participants"].as_array().unwrap().len(), 2);
        assert!(sessions[0]["call"]["answeredAt"].is_string());
        app.voice_is_whole().await;
        let path = format!("/api/voice/sessions/{id}");
        let (one, other) = join(ada.delete(&path), bob.delete(&path)).await;
        let statuses = [one.status.as_u16(), other.status.as_u16()];
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        app.voice_is_whole().await;
        assert_eq!(last_call(&ada).await["outcome"], "answered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_the_last_moment_is_in_time_or_too_late() {
    let app = steady().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let (mut hers, bob) = (app.socket(&ada, 0).await, bob.at(&app.gateways[1].url));
    for round in 0..ROUNDS {
        let id = call(&mut hers, &bob).await;
        app.clock.advance_ms(RINGS_MS);
        tokio::time::sleep(std::time::Duration::from_millis(60 * u64::try_from(round).unwrap())).await;
        let answer = bob.post(&format!("/api/calls/{id}/answer"), json!({})).await;
        if answer.status == 200 {
            hers.command("end-dm-call", json!({ "sessionId": id })).await;
        }
        let expected = if answer.status == 200 { "answered" } else { "missed" };
        eventually("it is written down", async || last_call(&ada).await["id"] == id.as_str()).await;
        assert_eq!(last_call(&ada).await["outcome"], expected);
        app.voice_is_whole().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_while_it_rings_ends_it_whoever_answers() {
    let app = steady().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let (mut hers, bob) = (app.socket(&ada, 0).await, bob.at(&app.gateways[1].url));
    for _ in 0..ROUNDS {
        let id = call(&mut hers, &bob).await;
        let path = format!("/api/calls/{id}/answer");
        let (answer, ()) = join(bob.post(&path, json!({})), block(&ada, &bob)).await;
        assert!([200, 403, 404, 409].contains(&answer.status.as_u16()), "{answer:?}");
        eventually("it is written down", async || last_call(&ada).await["id"] == id.as_str()).await;
        assert_eq!(ada.get("/api/voice/sessions").await.ok()["sessions"], json!([]));
        app.voice_is_whole().await;
        ada.delete(&format!("/api/users/{}/block", bob.id)).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_gateways_miss_a_call_once() {
    let app = steady().gateways(3).start().await;
    let people = crew(&app, ["ada", "bob", "eve", "charles", "dora", "emil"]).await;
    let sockets = people.iter().enumerate().map(|(n, person)| app.socket(person, n % 3));
    let mut sockets = join_all(sockets).await;
    for (n, other) in [(0, 1), (2, 3), (4, 5)] {
        call(&mut sockets[n], &people[other]).await;
    }
    app.clock.advance_ms(RINGS_MS);
    for socket in &mut sockets {
        assert_eq!(socket.expect("dm-call-ended").await["outcome"], "missed");
    }
    app.voice_is_whole().await;
    for socket in &mut sockets {
        socket.hears_no("dm-call-ended", super::STRAGGLERS).await;
    }
    assert_eq!(app.count("calls").await, 3);
    assert_eq!(app.count("messages WHERE nonce LIKE 'call:%'").await, 3);
}
