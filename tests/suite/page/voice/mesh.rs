//! Three people speak with each other.

use tests::{App, Browser};

use super::super::talker::{Talker, UNCHANGED};
use super::community;

#[tokio::test(flavor = "multi_thread")]
async fn sound_and_pictures_flow_between_people_at_two_gateways() {
    let Some(browser) = Browser::start_with_devices().await else { return };
    let app = App::builder().gateways(2).start().await;
    let (_, others, _, lounge) = community(&app, &["bob", "cleo"]).await;
    let (bob, urls) = (&others[0], [&app.gateways[0].url, &app.gateways[1].url]);

    // Who is there is seen before one comes.
    let at_ada = Talker::log_in(&browser, urls[0], "ada", UNCHANGED).await;
    at_ada.comes_into(&lounge).await;
    at_ada.is_told("Nobody else is here yet").await;
    let at_bob = Talker::log_in(&browser, urls[1], "bob", UNCHANGED).await;
    at_bob.sees_people(&["ada"]).await;
    at_bob.opens(&lounge).await;
    at_bob
        .sees("document.getElementById('voice-invitation').textContent.startsWith('One person is here')")
        .await;
    at_bob.comes_into(&lounge).await;
    at_ada.sees_people(&["ada", "bob"]).await;
    for talker in [&at_ada, &at_bob] {
        talker.is_told("Connected").await;
        talker.shows_the_camera().await;
    }
    at_ada.receives_from(1).await;
    at_bob.receives_from(1).await;
    // The picture is shown, and the sound is played.
    let video = "document.querySelectorAll('.tile video')";
    at_ada
        .sees(&format!("[...{video}].filter((each) => each.videoWidth > 0 && !each.paused).length === 2"))
        .await;
    at_ada.sees("[...document.querySelectorAll('audio')].some((each) => !each.paused && !each.muted)").await;
    let speaks = |id: &str| format!("document.querySelector(\".tile[data-speaker='{id}'][data-speaking]\")");
    at_ada.sees(&speaks(&bob.id)).await;

    // A third comes.
    let at_cleo = Talker::log_in(&browser, urls[0], "cleo", UNCHANGED).await;
    at_cleo.comes_into(&lounge).await;
    at_cleo.shows_the_camera().await;
    for talker in [&at_ada, &at_bob, &at_cleo] {
        talker.sees_people(&["ada", "bob", "cleo"]).await;
        talker.receives_from(2).await;
    }

    // One mutes themselves: the others see it, and do not hear them.
    at_bob.clicks("#voice-mute").await;
    let muted = format!("document.querySelector(\".tile[data-user='{}'] [data-mark=muted]\")", bob.id);
    let silent = format!("document.querySelector(\"audio[data-user='{}']\").muted", bob.id);
    for talker in [&at_ada, &at_cleo] {
        talker.sees(&muted).await;
        talker.sees(&silent).await;
        talker.sees(&format!("!{}", speaks(&bob.id))).await;
    }
    // And hears nobody, and is heard again.
    at_bob.clicks("#voice-deafen").await;
    at_ada.sees(&muted.replace("muted]", "deaf]")).await;
    at_bob.sees("[...document.querySelectorAll('audio')].every((each) => each.muted)").await;
    at_bob.clicks("#voice-mute").await;
    at_bob.sees("[...document.querySelectorAll('audio')].every((each) => !each.muted)").await;
    at_ada.sees(&format!("!{silent}")).await;
    at_ada.sees(&speaks(&bob.id)).await;

    // A screen is shown beside the camera, and goes.
    at_cleo.clicks("#voice-screen").await;
    at_bob.sees("document.querySelector('.tile.screen video')?.videoWidth > 0").await;
    at_cleo.clicks("#voice-screen").await;
    at_bob.sees("!document.querySelector('.tile.screen')").await;

    // One closes the page: gone at once. One leaves, and may come back.
    at_cleo.closes().await;
    at_ada.sees_people(&["ada", "bob"]).await;
    at_ada.receives_from(1).await;
    at_bob.clicks("#voice-leave").await;
    at_bob.sees("document.getElementById('voice-bar').hidden").await;
    at_ada.is_told("Nobody else is here yet").await;
    at_bob.sees("!document.querySelector('audio')").await;
    at_bob.comes_into(&lounge).await;
    at_bob.shows_the_camera().await;
    at_ada.receives_from(1).await;
    at_bob.receives_from(1).await;
    // Also whoever logs out.
    at_ada.clicks("#leave").await;
    at_bob.sees_people(&["bob"]).await;
}
