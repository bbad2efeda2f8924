//! Several things at once, and what holds when Redis is away.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{App, Endpoints, Proxy, eventually};

use super::{elsewhere, log, refused, rule, say, server, set, written};

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_on_two_gateways_exactly_so_many_get_through_as_may() {
    let (app, ada, bob, server) = server().await;
    set(&ada, &server, &[rule("repeats", "block", json!({ "times": 4, "seconds": 60 }))]).await;
    let far = elsewhere(&app, &bob);
    let people = [&bob, &far];
    let sends = (0..20).map(|n| say(people[n % 2], &server.channel, "buy now"));
    let answers = join_all(sends).await;
    let through = answers.iter().filter(|answer| answer.status.is_success()).count();
    assert_eq!(through, 3);
    for answer in answers.into_iter().filter(|answer| !answer.status.is_success()) {
        answer.fails(403, "MESSAGE_BLOCKED");
    }
    assert_eq!(written(&ada, &server.channel).await.len(), 3);
    assert_eq!(log(&ada, &server, "?action=automod-block").await.len(), 17);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_breaks_a_rule_ten_times_at_once_is_timed_out_once() {
    let (app, ada, bob, server) = server().await;
    set(&ada, &server, &[rule("words", "timeout", json!({ "words": ["spam"], "minutes": 5 }))]).await;
    let far = elsewhere(&app, &bob);
    let people = [&bob, &far];
    let answers = join_all((0..10).map(|n| say(people[n % 2], &server.channel, "spam"))).await;
    for answer in answers {
        assert_eq!(answer.status.as_u16(), 403, "{}", answer.body);
    }
    assert_eq!(log(&ada, &server, "?action=member-timeout").await.len(), 1);
    assert_eq!(written(&ada, &server.channel).await, Vec::<String>::new());
}

/// The messages in the channel, in their order: what was written before a rule was acknowledged may break it, what came
/// after may not. So a marker that is sent after the acknowledgement stands behind all that breaks it.
#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_acknowledged_holds_on_every_gateway_also_without_redis() {
    let endpoints = Endpoints::find();
    let proxy = Proxy::start(endpoints.redis_address()).await;
    let app = App::builder().with("redis.url", &endpoints.redis_through(&proxy)).gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let far = elsewhere(&app, &bob);
    // Both gateways remember that there are no rules.
    say(&bob, &server.channel, "spam").await.ok();
    say(&far, &server.channel, "spam").await.ok();
    proxy.cut();
    eventually("the outage is noticed", async || ada.get("/health").await.body["status"] == "degraded").await;
    for round in 0..5 {
        let word = format!("word{round}");
        let spam = async |person: &tests::Person| {
            // Until it is refused.
            for n in 0..200 {
                let answer = say(person, &server.channel, &format!("{word} {n}")).await;
                if !answer.status.is_success() {
                    return answer.fails(403, "MESSAGE_BLOCKED");
                }
            }
            panic!("the rule never held");
        };
        let acknowledged = async {
            set(&ada, &server, &[rule("words", "block", json!({ "words": [word] }))]).await;
            ada.send(&server.channel, "from now on").await;
        };
        tokio::join!(spam(&bob), spam(&far), acknowledged);
        refused(&bob, &server.channel, &word).await;
        refused(&far, &server.channel, &word).await;
        let newest = ada.history(&server.channel, "?limit=1").await["messages"][0]["content"].clone();
        assert_eq!(newest, "from now on");
    }
    proxy.mend();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_gone_punishes_nobody_on_any_gateway() {
    let (app, ada, bob, server) = server().await;
    let far = elsewhere(&app, &bob);
    for round in 0..5 {
        let word = format!("word{round}");
        let timeout = json!({ "words": [word], "minutes": 5 });
        set(&ada, &server, &[rule("words", "timeout", timeout)]).await;
        // The other gateway remembers the rule, and the grant.
        say(&far, &server.channel, "fine").await.ok();
        set(&ada, &server, &[]).await;
        say(&far, &server.channel, &word).await.ok();
    }
    assert!(log(&ada, &server, "?action=member-timeout").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_rules_asks_the_database_nothing() {
    let (app, ada, bob, server) = server().await;
    let rules = async |count: usize| -> Vec<Value> {
        set(&ada, &server, &vec![rule("words", "block", json!({ "words": ["spam"] })); count]).await
    };
    for count in [0, 1] {
        rules(count).await;
        say(&bob, &server.channel, "once").await.ok();
        // What is not there cannot be asked.
        app.sql("ALTER TABLE automod RENAME TO elsewhere").await;
        for n in 0..5 {
            say(&bob, &server.channel, &format!("again {n}")).await.ok();
        }
        app.sql("ALTER TABLE elsewhere RENAME TO automod").await;
    }
}
