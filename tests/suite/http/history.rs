//! Reading the history in pages.

use serde_json::{Value, json};
use tests::{App, Person, Server};

use super::{id, keys, list, seqs};

/// A channel with this many messages, `1`, `2` …, and their ids by number.
async fn channel_with(app: &App, count: usize) -> (Person, Server, Vec<String>) {
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut ids = vec![String::new()];
    for number in 1..=count {
        let message = ada.send(&server.channel, &number.to_string()).await;
        assert_eq!(message["seq"], number);
        ids.push(id(&message).to_string());
    }
    (ada, server, ids)
}

fn down(from: i64, to: i64) -> Vec<i64> {
    (to..=from).rev().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_newest_first_and_says_whether_there_is_more() {
    let app = App::start().await;
    let (ada, server, ids) = channel_with(&app, 120).await;
    // The cursor's parameter and number, the rest of the query, what comes and whether there is more.
    let pages = [
        ("", 0, "", down(120, 71), true),
        ("", 0, "limit=100", down(120, 21), true),
        ("", 0, "limit=101", down(120, 21), true),
        ("", 0, "limit=9223372036854775807", down(120, 21), true),
        ("", 0, "limit=1", down(120, 120), true),
        ("", 0, "limit=0", down(120, 120), true),
        ("", 0, "limit=-9223372036854775808", down(120, 120), true),
        ("before", 71, "", down(70, 21), true),
        ("before", 52, "", down(51, 2), true),
        ("before", 51, "", down(50, 1), false),
        ("before", 3, "limit=2", down(2, 1), false),
        ("before", 1, "", vec![], false),
        ("after", 69, "", down(119, 70), true),
        ("after", 70, "", down(120, 71), false),
        ("after", 1, "limit=3", down(4, 2), true),
        ("after", 120, "", vec![], false),
        ("around", 60, "limit=10", down(65, 56), true),
        ("around", 60, "limit=11", down(65, 55), true),
        ("around", 60, "limit=2", down(61, 60), true),
        ("around", 60, "limit=1", down(60, 60), true),
        ("around", 120, "limit=10", down(120, 116), true),
        ("around", 1, "limit=4", down(3, 1), false),
        ("around", 60, "limit=1000", down(110, 11), true),
    ];
    for (cursor, number, rest, expected, more) in pages {
        let by_seq = format!("?{cursor}={number}&{rest}");
        let by_id = format!("?{rest}&{cursor}={}", ids[number]);
        let queries = if cursor.is_empty() { vec![format!("?{rest}")] } else { vec![by_seq, by_id] };
        for query in queries {
            let page = ada.history(&server.channel, &query).await;
            assert_eq!(seqs(&page), expected, "{query}");
            assert_eq!(page["hasMore"], more, "{query}");
            assert_eq!((&page["lastSeq"], &page["rev"]), (&json!(120), &json!(120)));
            assert_eq!(keys(&page), ["hasMore", "lastSeq", "messages", "rev", "success"]);
            for message in list(&page["messages"]) {
                assert_eq!(message["content"], message["seq"].to_string());
            }
        }
    }
    for (query, expected) in [
        ("?before=9223372036854775807&limit=2", down(120, 119)),
        ("?before=-3", vec![]),
        ("?after=0&limit=2", down(2, 1)),
        ("?after=-9223372036854775808&limit=2", down(2, 1)),
        ("?after=9223372036854775807", vec![]),
        ("?around=9223372036854775807&limit=2", down(120, 120)),
        ("?around=-9223372036854775808&limit=4", down(2, 1)),
    ] {
        assert_eq!(seqs(&ada.history(&server.channel, query).await), expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_followed_to_either_end_hold_every_message_once() {
    let app = App::start().await;
    let (ada, server, _) = channel_with(&app, 45).await;
    for limit in [1, 7, 44, 45, 46] {
        let (mut backwards, mut query) = (Vec::new(), String::new());
        loop {
            let page = ada.history(&server.channel, &format!("?limit={limit}{query}")).await;
            backwards.extend(seqs(&page));
            query = format!("&before={}", id(list(&page["messages"]).last().unwrap()));
            if page["hasMore"] == false {
                break;
            }
        }
        assert_eq!(backwards, down(45, 1), "{limit}");

        let (mut forwards, mut last) = (Vec::new(), 0);
        loop {
            let page = ada.history(&server.channel, &format!("?limit={limit}&after={last}")).await;
            forwards.extend(seqs(&page).into_iter().rev());
            last = *forwards.last().unwrap();
            if page["hasMore"] == false {
                break;
            }
        }
        assert_eq!(forwards, (1..=45).collect::<Vec<_>>(), "{limit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_messages_are_left_out_and_still_mark_their_place() {
    let app = App::start().await;
    let (ada, server, ids) = channel_with(&app, 10).await;
    for number in [3, 5, 6, 10] {
        ada.delete(&format!("/api/messages/{}", ids[number])).await.ok();
    }
    let all = ada.history(&server.channel, "").await;
    assert_eq!(seqs(&all), [9, 8, 7, 4, 2, 1]);
    assert_eq!((&all["lastSeq"], &all["rev"], &all["hasMore"]), (&json!(10), &json!(14), &json!(false)));
    for (query, expected, more) in [
        (format!("?before={}&limit=2", ids[6]), vec![4, 2], true),
        (format!("?after={}&limit=2", ids[5]), vec![8, 7], true),
        (format!("?around={}&limit=4", ids[6]), vec![8, 7, 4, 2], true),
        (format!("?after={}", ids[10]), vec![], false),
        ("?limit=6".to_string(), vec![9, 8, 7, 4, 2, 1], false),
        ("?limit=5".to_string(), vec![9, 8, 7, 4, 2], true),
        ("?after=2&limit=1".to_string(), vec![4], true),
    ] {
        let page = ada.history(&server.channel, &query).await;
        assert_eq!((seqs(&page), &page["hasMore"]), (expected, &json!(more)), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_channel_has_an_empty_page() {
    let app = App::start().await;
    let (ada, server, _) = channel_with(&app, 0).await;
    let empty = json!({ "success": true, "messages": [], "hasMore": false, "lastSeq": 0, "rev": 0 });
    for query in ["", "?before=5", "?after=0", "?around=0"] {
        assert_eq!(ada.history(&server.channel, query).await, empty, "{query}");
    }
    let nobody: &Value = &ada.get(&format!("/api/channels/{}/changes?since=0", server.channel)).await.ok();
    assert_eq!((&nobody["changes"], &nobody["rev"]), (&json!([]), &json!(0)));
}
