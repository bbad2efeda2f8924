// How one is in a voice channel: heard, hearing, seen.

import { on } from "../client.js";
import * as store from "../store.js";
import { state } from "../store.js";
import { Media } from "./media.js";
import * as roster from "./roster.js";
import { own, tell, voice } from "./state.js";

/** What one sends. */
export const media = new Media({
  changed(lane) {
    voice.session?.send(lane);
    store.changed();
  },
  ended: (lane) => lost(lane),
});

/** Changes that the server has not answered: what it tells meanwhile is older than what one wants. */
let updates = 0;

on({ "voice-state-updated": follow, "dm-call-state-updated": follow });

/** The server says how one is there: another door, or a moderator, may have changed it. */
function follow({ userId, sessionId, voiceState }) {
  if (sessionId !== voice.session?.id || userId !== state.me.id) return;
  if (updates === 0) Object.assign(voice, { muted: voiceState.muted, deafened: voiceState.deafened });
  hush();
}

/** Sends sound, or does not. */
export async function setMuted(muted) {
  try {
    if (!muted) await media.open("mic");
    // Who speaks wants to hear the answer.
    await become({ muted, deafened: voice.deafened && muted });
  } catch (failure) {
    settle(failure);
  }
}

/** Plays sound, or does not; who hears nothing is not heard either. */
export const setDeafened = (deafened) => become({ muted: voice.muted || deafened, deafened }).catch(settle);

/** Switches `camera` or `screen` on or off. */
export async function setLane(lane, isOn) {
  try {
    if (!isOn) media.close(lane);
    else if (!(await media.open(lane))) return;
    tell();
    await update({ [lane === "camera" ? "video" : "screen"]: isOn });
  } catch (failure) {
    media.close(lane);
    settle(failure);
  }
}

/** Keeps back what is not to be heard or seen, whoever decided it. */
export function hush() {
  const track = media.track("mic");
  if (track) track.enabled = !voice.muted && !roster.isSilenced(own());
  if (own()?.suppressed) ["camera", "screen"].forEach((lane) => media.close(lane));
}

async function become(flags) {
  Object.assign(voice, flags);
  hush();
  tell();
  await update(flags);
}

/** Tells the server; throws a `Failure`. What it is not told while the connection is lost, it is told in coming back. */
async function update(change) {
  if (voice.status !== "in") return;
  updates += 1;
  try {
    await voice.place.update(change);
  } finally {
    updates -= 1;
  }
}

/** A device went away by itself. */
async function lost(lane) {
  if (lane !== "mic") return setLane(lane, false);
  await setMuted(true);
  tell("The microphone is gone. Connect it, then unmute.");
}

function settle(failure) {
  if (failure.code === "LOST") return;
  const mayNot = failure.code === "INSUFFICIENT_PERMISSIONS";
  tell(mayNot ? "You may not speak or be seen in this channel." : failure.message);
}
