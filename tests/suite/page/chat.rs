//! Two people chat in a real Chromium. Skipped where there is none.

use serde_json::json;
use tests::{App, Browser, Person, Server};

use super::visitor::Visitor;

/// So many messages are there before, more than a page of history has.
const BEFORE: usize = 70;

async fn place(app: &App) -> (Person, Person, Server) {
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    for n in 0..BEFORE {
        ada.send(&server.channel, &format!("before {n}")).await;
    }
    (ada, bob, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_chat() {
    let Some(browser) = Browser::start().await else { return };
    let app = App::start().await;
    let (ada, bob, server) = place(&app).await;
    let url = &app.gateways[0].url;
    let at_ada = Visitor::log_in(&browser, url, "ada").await;
    at_ada.reads("before 69").await;
    assert_eq!(at_ada.texts().await.len(), 50, "a page");

    // Bob has not read them, until he looks; a new one is there as it is written.
    let at_bob = Visitor::log_in(&browser, url, "bob").await;
    at_bob.reads("before 69").await;
    at_bob.writes("Hello, Ada").await;
    at_ada.sees("document.getElementById('typing').textContent === 'bob is typing…'").await;
    at_bob.writes("\n").await;
    at_ada.reads("Hello, Ada").await;
    at_ada.sees("document.getElementById('typing').textContent === ''").await;
    at_bob.sees("!document.querySelector('.draft')").await;

    // An answer, with the text that it answers, and with what must stay text.
    at_ada.run("[...document.querySelectorAll('.message')].at(-1).focus()").await;
    at_ada.clicks(".tools button").await;
    at_ada.writes("<b>Hello</b>, Bob\n").await;
    at_bob.reads("<b>Hello</b>, Bob").await;
    at_bob.sees("[...document.querySelectorAll('.quote')].at(-1).textContent === 'bob Hello, Ada'").await;

    // Changed and deleted, for both.
    at_ada.writes("\u{e013}").await;
    at_ada.writes("!\n").await;
    at_bob.reads("<b>Hello</b>, Bob!").await;
    at_bob.sees("document.querySelector('.message:last-child .edited')").await;
    at_ada.run("[...document.querySelectorAll('.message')].at(-1).focus()").await;
    at_ada.clicks(".tools .danger").await;
    at_ada.clicks("#erase .danger").await;
    at_bob.misses("<b>Hello</b>, Bob!").await;

    // Older ones come when one scrolls up, and what was in sight stays where it was.
    at_ada.run("document.getElementById('scroll').scrollTop = 0").await;
    at_ada.reads("before 0").await;
    at_ada.agrees(&ada, &server.channel).await;
    assert_ne!(at_ada.run("return document.getElementById('scroll').scrollTop").await, 0);

    // Another server: made by one, joined by the other by its code, where what is not looked at counts as unread.
    at_bob.clicks("#ask-create").await;
    at_bob.answers("#create [name=name]", "Looms").await;
    at_bob.sees("document.getElementById('topic').textContent === 'Looms'").await;
    at_bob.clicks("#ask-invite").await;
    let code = at_bob.run("return document.querySelector('#invite [name=code]').value").await;
    at_bob.clicks("#invite [value=cancel]").await;
    at_ada.clicks("#ask-join").await;
    at_ada.answers("#join [name=code]", "nothing").await;
    at_ada.sees("document.querySelector('#join .failure').textContent.length > 10").await;
    at_ada.run("document.querySelector('#join [name=code]').value = ''").await;
    at_ada.answers("#join [name=code]", code.as_str().unwrap()).await;
    at_ada.sees("document.getElementById('topic').textContent === 'Looms'").await;
    bob.send(&server.channel, "Come back").await;
    at_ada.sees("document.querySelector('.server .unread')?.textContent === '1'").await;
    at_ada.sees("document.title.startsWith('(1) ')").await;
    at_ada.clicks(".server li a").await;
    at_ada.sees("!document.querySelector('.server .unread')").await;
    tests::eventually("the read mark", async || {
        let mut socket = app.socket_and_ready(&ada, 0, "").await;
        socket.1 = socket.1["unread"][&server.channel].clone();
        socket.1["lastReadSeq"] == socket.1["lastSeq"]
    })
    .await;

    // One logs out; the other's login is ended from elsewhere.
    let token =
        async |visitor: &Visitor<'_>| visitor.run("return sessionStorage.getItem('guildhall.token')").await;
    let (adas, bobs) = (token(&at_ada).await, token(&at_bob).await);
    at_ada.clicks("#leave").await;
    at_ada.sees("!document.getElementById('entrance').hidden").await;
    tests::eventually("the token is of no use", async || {
        let answer = ada.with_token(adas.as_str().unwrap()).get("/api/auth/me").await;
        answer.status.as_u16() == 401
    })
    .await;
    bob.with_token(bobs.as_str().unwrap()).post("/api/auth/logout", json!({})).await.ok();
    at_bob.sees("!document.getElementById('entrance').hidden").await;
    at_bob.sees("document.querySelector('#login .failure').textContent").await;
    assert_eq!(token(&at_bob).await, json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_loses_and_doubles_nothing() {
    let Some(browser) = Browser::start().await else { return };
    let mut app = App::builder().gateways(2).start().await;
    let (ada, _, server) = place(&app).await;
    let url = app.gateways[0].url.clone();
    let at_ada = Visitor::log_in(&browser, &url, "ada").await;
    let at_bob = Visitor::log_in(&browser, &url, "bob").await;
    for visitor in [&at_ada, &at_bob] {
        visitor.reads("before 69").await;
        visitor.run("document.getElementById('scroll').scrollTop = 0").await;
        visitor.agrees(&ada, &server.channel).await;
    }

    // Their gateway stops. At the other one life goes on; what Ada writes waits.
    let elsewhere = ada.at(&app.gateways[1].url);
    app.stop(0).await;
    let history = elsewhere.history(&server.channel, "?limit=5").await;
    let id = |n: usize| history["messages"][n]["id"].as_str().unwrap();
    for visitor in [&at_ada, &at_bob] {
        visitor.sees("document.querySelector('.banner').textContent.includes('connection is lost')").await;
    }
    at_ada.writes("Written without a connection\n").await;
    at_ada.writes("And one more\n").await;
    elsewhere.send(&server.channel, "Written elsewhere").await;
    elsewhere.put(&format!("/api/messages/{}", id(1)), json!({ "content": "Changed elsewhere" })).await.ok();
    elsewhere.delete(&format!("/api/messages/{}", id(3))).await.ok();
    assert_eq!(at_ada.run("return document.querySelectorAll('.draft').length").await, 2);

    app.start_again(0).await;
    for visitor in [&at_ada, &at_bob] {
        visitor.reads("And one more").await;
        visitor.sees("!document.querySelector('.banner').textContent").await;
        visitor.agrees(&elsewhere, &server.channel).await;
    }

    // The connection breaks again and again while both write, also right behind a message, so that its answer is lost.
    for round in 0..4 {
        elsewhere.send(&server.channel, &format!("elsewhere {round}")).await;
        at_ada.will_get_no_answer().await;
        at_ada.writes(&format!("ada {round}\n")).await;
        elsewhere.send(&server.channel, &format!("elsewhere again {round}")).await;
        at_bob.loses_the_connection().await;
        at_bob.writes(&format!("bob {round}\n")).await;
    }
    for visitor in [&at_ada, &at_bob] {
        for round in 0..4 {
            visitor.reads(&format!("ada {round}")).await;
            visitor.reads(&format!("bob {round}")).await;
        }
        visitor.agrees(&elsewhere, &server.channel).await;
    }
    let nonces = elsewhere.history(&server.channel, "?limit=30").await;
    let texts = nonces["messages"].as_array().unwrap().iter().map(|message| message["content"].to_string());
    let texts = texts.collect::<Vec<_>>();
    let once = texts.iter().collect::<std::collections::HashSet<_>>();
    assert_eq!(once.len(), texts.len(), "sent twice: {texts:?}");

    // A login that has ended leads back to the beginning.
    app.clock.advance_ms(2 * 86_400_000);
    at_ada.sees("!document.getElementById('entrance').hidden").await;
    at_ada.sees("document.querySelector('#login .failure').textContent").await;
    assert_eq!(at_ada.run("return sessionStorage.getItem('guildhall.token')").await, json!(null));
}
