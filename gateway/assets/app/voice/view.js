// What is shown of voice: the page of a channel, the bar, and what is heard.

import { on } from "../client.js";
import { part } from "../dom.js";
import * as store from "../store.js";
import { state } from "../store.js";
import * as bar from "./bar.js";
import * as bell from "./bell.js";
import * as roster from "./roster.js";
import * as sound from "./sound.js";
import * as speaking from "./speaking.js";
import * as stage from "./stage.js";
import { voice } from "./state.js";

export function start() {
  bar.start();
  bell.start();
  stage.start();
  // Also when nobody is logged in any more.
  store.listen(() => [bar, bell, sound, speaking].forEach((each) => each.render()));
}

/** Shows a voice channel, or none. */
export const render = stage.render;

// For those who do not see it.

on({
  "user-joined-voice": ({ user, sessionId }) => announce(user.id, sessionId, `${user.name} came into the voice channel.`),
  "user-left-voice": ({ userId, sessionId }) => announce(userId, sessionId, `${roster.card(userId).name} left the voice channel.`),
});

function announce(userId, sessionId, words) {
  if (sessionId === voice.session?.id && userId !== state.me?.id) part("voice-news").textContent = words;
}
