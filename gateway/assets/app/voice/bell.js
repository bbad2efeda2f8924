// The dialog of a call that rings, and its sound.

import { part } from "../dom.js";
import { join } from "./membership.js";
import { callPlace } from "./places.js";
import * as ringing from "./ringing.js";

/** How often it sounds, and for how long, milliseconds; how high, hertz; how loud, of 1. */
const [ROUND, TONE, HEIGHT, LOUDNESS] = [2_000, 600, 440, 0.08];
let [shown, timer, context] = [null, 0, null];

export function start() {
  part("ringing-answer").addEventListener("click", () => answer(false));
  part("ringing-video").addEventListener("click", () => answer(true));
  part("ringing-decline").addEventListener("click", () => ringing.decline(shown));
  // Escape declines, as it closes other dialogs.
  part("ringing").addEventListener("keydown", (event) => event.key === "Escape" && shown && ringing.decline(shown));
}

export function render() {
  const call = ringing.first() ?? null;
  if (call?.sessionId === shown?.sessionId) return;
  shown = call;
  const box = part("ringing");
  clearInterval(timer);
  if (!call) return box.close();
  part("ringing-title").textContent = `${call.caller.name} calls you`;
  part("ringing-text").textContent = call.isVideo ? "A video call" : "A call";
  if (!box.open) box.show();
  part(call.isVideo ? "ringing-video" : "ringing-answer").focus();
  timer = setInterval(sound, ROUND);
  sound();
}

function answer(isVideo) {
  const { sessionId, conversationId } = shown;
  ringing.stop(sessionId);
  location.hash = `#/c/${conversationId}`;
  join(callPlace({ conversationId, sessionId }), { isVideo });
}

/** Browsers let a page sound that somebody has clicked on. */
function sound() {
  context ??= new AudioContext();
  const [tone, volume] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = HEIGHT;
  volume.gain.value = LOUDNESS;
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + TONE / 1_000);
}
