// What one can do in the voice channel that one is in, wherever one looks meanwhile.

import { part } from "../dom.js";
import { state } from "../store.js";
import { media, setDeafened, setLane, setMuted } from "./controls.js";
import { leave } from "./membership.js";
import * as roster from "./roster.js";
import { own, tell, voice } from "./state.js";

/** What is said of how it stands. */
const STATUS = {
  joining: "Joining…",
  moving: "A moderator moves you…",
  returning: "The connection to the server is lost. Coming back…",
};

export function start() {
  part("voice-mute").addEventListener("click", () => setMuted(!voice.muted));
  part("voice-deafen").addEventListener("click", () => setDeafened(!voice.deafened));
  part("voice-camera").addEventListener("click", () => setLane("camera", !media.track("camera")));
  part("voice-screen").addEventListener("click", () => setLane("screen", !media.track("screen")));
  part("voice-leave").addEventListener("click", () => {
    leave();
    // The bar goes; after that, one may come in again.
    queueMicrotask(() => part(part("stage").hidden ? "name" : "voice-join").focus());
  });
  part("voice-dismiss").addEventListener("click", () => tell());
}

export function render() {
  const isOut = voice.status === "out";
  part("voice-bar").hidden = isOut && !voice.fault;
  part("voice-where").hidden = part("voice-controls").hidden = isOut;
  part("voice-fault").hidden = !voice.fault;
  if (part("voice-fault-text").textContent !== voice.fault) part("voice-fault-text").textContent = voice.fault;
  if (isOut) return;
  const channel = state.channels.get(voice.place.id);
  part("voice-channel").textContent = channel?.name ?? (voice.place.isCall ? "Call" : "Voice");
  part("voice-channel").href = `#/c/${voice.place.id}`;
  part("voice-status").textContent = STATUS[voice.status] ?? standing();
  press("voice-mute", voice.muted, "Unmute", "Mute");
  press("voice-deafen", voice.deafened, "Undeafen", "Deafen");
  press("voice-camera", Boolean(media.track("camera")), "Turn the camera off", "Turn the camera on");
  press("voice-screen", Boolean(media.track("screen")), "Stop sharing the screen", "Share your screen");
  // Phones have no screen to share.
  part("voice-screen").hidden = !navigator.mediaDevices?.getDisplayMedia;
}

/** What a button shows, and what it does next. */
function press(id, isOn, off, on) {
  const button = part(id);
  button.toggleAttribute("data-on", isOn);
  button.title = isOn ? off : on;
  button.setAttribute("aria-label", button.title);
  button.disabled = voice.status !== "in" && voice.status !== "returning";
}

function standing() {
  const how = own();
  if (how?.serverDeafened) return "A moderator deafened you: you hear nobody.";
  if (how?.serverMuted) return "A moderator muted you: nobody hears you.";
  if (how?.suppressed) return "You can listen: you may not speak here.";
  const waiting = [...voice.session.peers].filter(([, peer]) => peer.state !== "connected");
  if (waiting.length > 0) return `Connecting to ${waiting.map(([id]) => roster.card(id).name).join(", ")}…`;
  if (voice.session.peers.size > 0) return "Connected";
  return voice.place.isCall ? "Ringing…" : "Nobody else is here yet";
}
