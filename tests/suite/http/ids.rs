//! Ids in paths.

use tests::App;

use super::NOTHING;
use super::operations::{document, operations};

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_no_uuid_is_refused_and_its_parameter_named() {
    let app = App::start().await;
    let ada = app.admin("ada").await;
    let long = "x".repeat(2_000);
    let short = NOTHING.strip_suffix('7').unwrap();
    let mut checked = 0;
    for operation in operations(&document(&app).await) {
        for name in operation.parameters().into_iter().filter(|name| name.ends_with("Id")) {
            for wrong in ["nope", "7", "%00", "%ff", "a%2Fb", "@me", "null", "%20", short, &long] {
                let path = operation.path(&name, wrong);
                operation.call(&ada, &path).await.fails_at(&name);
                checked += 1;
            }
        }
    }
    assert!(checked >= 150, "only {checked} calls were made");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_nothing_is_not_found() {
    let app = App::start().await;
    let ada = app.admin("ada").await;
    let mut checked = 0;
    for operation in operations(&document(&app).await) {
        if operation.parameters().is_empty() {
            continue;
        }
        for nothing in
            [NOTHING, "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]
        {
            let name = operation.parameters()[0].clone();
            operation.call(&ada, &operation.path(&name, nothing)).await.fails(404, "RESOURCE_NOT_FOUND");
            checked += 1;
        }
    }
    assert!(checked >= 50, "only {checked} calls were made");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_may_be_written_in_capitals() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let answer = ada.get(&format!("/api/servers/{}", server.id.to_uppercase())).await.ok();
    assert_eq!(answer["server"]["id"], server.id.as_str());
}
