//! Connections to the server that are lost, and come back.

use tests::{App, Browser};

use super::super::talker::{Talker, UNCHANGED};
use super::community;

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_in_time_was_heard_all_the_while() {
    let Some(browser) = Browser::start_with_devices().await else { return };
    // Nobody leaves within the test, however slow the machine.
    let mut app = App::builder().with("voice.grace_ms", "40000").gateways(2).start().await;
    let (_, _, _, lounge) = community(&app, &["bob", "cleo"]).await;
    let urls = [app.gateways[0].url.clone(), app.gateways[1].url.clone()];
    let at_ada = Talker::log_in(&browser, &urls[0], "ada", UNCHANGED).await;
    let at_bob = Talker::log_in(&browser, &urls[1], "bob", UNCHANGED).await;
    for talker in [&at_ada, &at_bob] {
        talker.comes_into(&lounge).await;
        talker.shows_the_camera().await;
    }
    at_ada.receives_from(1).await;
    at_bob.receives_from(1).await;

    // Bob's gateway stops. Peers go on without the server.
    app.stop(1).await;
    at_bob.is_told("Coming back").await;
    at_ada.receives_from(1).await;
    at_bob.receives_from(1).await;
    // What he does meanwhile, and who comes meanwhile, is made up for.
    at_bob.clicks("#voice-mute").await;
    let at_cleo = Talker::log_in(&browser, &urls[0], "cleo", UNCHANGED).await;
    at_cleo.comes_into(&lounge).await;
    at_cleo.shows_the_camera().await;
    at_cleo.sees_people(&["ada", "bob", "cleo"]).await;
    app.start_again(1).await;
    at_bob.hurries().await;
    for talker in [&at_ada, &at_bob, &at_cleo] {
        talker.receives_from(2).await;
    }
    at_bob.is_told("Connected").await;
    at_bob.sees_people(&["ada", "bob", "cleo"]).await;
    at_ada.sees("document.querySelector('.tile [data-mark=muted]')").await;
    // Between Ada and Bob it is the same connection.
    assert_eq!(at_ada.run("return window.peers.length").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_too_late_comes_in_again() {
    let Some(browser) = Browser::start_with_devices().await else { return };
    let mut app = App::builder().with("voice.grace_ms", "3000").gateways(2).start().await;
    let (_, _, _, lounge) = community(&app, &["bob"]).await;
    let urls = [app.gateways[0].url.clone(), app.gateways[1].url.clone()];
    let at_ada = Talker::log_in(&browser, &urls[0], "ada", UNCHANGED).await;
    let at_bob = Talker::log_in(&browser, &urls[1], "bob", UNCHANGED).await;
    for talker in [&at_ada, &at_bob] {
        talker.comes_into(&lounge).await;
        talker.shows_the_camera().await;
    }
    at_ada.receives_from(1).await;
    app.stop(1).await;
    at_ada.sees_people(&["ada"]).await;
    app.start_again(1).await;
    at_bob.hurries().await;
    at_ada.sees_people(&["ada", "bob"]).await;
    at_ada.receives_from(1).await;
    at_bob.receives_from(1).await;
}
