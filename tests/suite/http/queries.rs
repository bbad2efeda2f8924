//! Query strings.

use serde_json::json;
use tests::App;

use super::seqs;

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_is_not_what_it_must_be_is_named() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let history = format!("/api/channels/{}/messages", server.channel);
    let changes = format!("/api/channels/{}/changes", server.channel);
    let members = format!("/api/servers/{}/members", server.id);
    let no_number =
        ["", "x", "1.5", "1e3", "0x10", "%00", "%ff", "9223372036854775808", "-9223372036854775809", "1%201"];
    let no_cursor = ["", "x", "1.5", "%00", "%ff", "99999999999999999999", "null", "01890a5d-ac96-774b-bcce"];
    let no_id = ["", "x", "7", "%00", "01890a5d-ac96-774b-bcce", "01890a5d-ac96-774b-bcce-b302099a805g"];
    for (path, field, values) in [
        (&history, "limit", &no_number[..]),
        (&history, "before", &no_cursor[..]),
        (&history, "after", &no_cursor[..]),
        (&history, "around", &no_cursor[..]),
        (&changes, "since", &no_number[..]),
        (&changes, "since", &["-1", "-9223372036854775808"][..]),
        (&members, "limit", &no_number[..]),
        (&members, "after", &no_id[..]),
    ] {
        for value in values {
            ada.get(&format!("{path}?{field}={value}")).await.fails_at(field);
        }
    }
    for value in no_number {
        ada.get(&format!("{changes}?since=0&limit={value}")).await.fails_at("limit");
    }
    for both in ["before=1&after=1", "after=1&around=1", "before=1&around=1", "before=1&after=1&around=1"] {
        ada.get(&format!("{history}?{both}")).await.fails_at("before");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_parameters_are_ignored() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    ada.send(&server.channel, "hello").await;
    for query in
        ["?", "?colour=red", "?&&", "?x=%ff&%ff=x", "?=", "?Limit=x", "?limit=1&offset=x", "?before=%31%30"]
    {
        assert_eq!(seqs(&ada.history(&server.channel, query).await), [1], "{query}");
    }
    let listed = ada.get("/api/servers?limit=x").await.ok();
    assert_eq!(listed["servers"][0]["id"], json!(server.id));
}
