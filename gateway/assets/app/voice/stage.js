// The page of a voice channel: a tile for everybody who is there, and one for each screen that is shared.

import { h, keep, part } from "../dom.js";
import { state } from "../store.js";
import { media } from "./controls.js";
import { hasRelay } from "./ice.js";
import { join } from "./membership.js";
import { callPlace, channelPlace } from "./places.js";
import { marks, portrait } from "./occupants.js";
import * as roster from "./roster.js";
import { isIn, voice } from "./state.js";

/** After so many tries in vain it is said why. */
const TRIES = 1;
let shown = null;

export function start() {
  part("voice-join").addEventListener("click", () => enter(false));
  part("voice-call").addEventListener("click", () => enter(true));
}

async function enter(isVideo) {
  await join(placeOf(shown), { isVideo });
  // The button is gone: whoever uses the keyboard goes on with the others.
  if (document.activeElement === document.body) part("voice-mute").focus();
}

function placeOf({ id, recipient, type }) {
  if (type !== "direct") return channelPlace(id);
  // From another of one's devices one takes over by calling again: who has answered cannot answer.
  const sessionId = roster.people(id).has(state.me.id) ? null : roster.sessionOf(id);
  return callPlace({ conversationId: id, recipientId: recipient?.id, sessionId });
}

/** Shows a voice channel or a conversation, or none. */
export function render(channel) {
  shown = channel ?? null;
  part("stage").hidden = !channel;
  if (!channel) return keep(part("tiles"), []);
  const people = [...roster.people(channel.id)];
  part("voice-entrance").hidden = isIn(channel.id);
  part("voice-invitation").textContent = invitation(channel, people.length);
  const isDirect = channel.type === "direct";
  part("voice-join").textContent = !isDirect ? "Join voice" : people.length > 0 ? "Join the call" : "Call";
  part("voice-call").hidden = !isDirect;
  part("voice-join").disabled = part("voice-call").disabled = state.link.name !== "live";
  const screens = people.filter(([, how]) => how.screen).map(([id, how]) => tile(channel, id, how, "screen"));
  keep(part("tiles"), [...screens, ...people.map(([id, how]) => tile(channel, id, how, "camera"))]);
}

function invitation({ name, type, userLimit }, count) {
  if (type === "direct") return count > 0 ? "A call goes on here." : `Call ${name}, with or without your camera.`;
  if (userLimit && count >= userLimit) return `This channel is full: ${count} of ${userLimit}.`;
  if (count === 0) return "Nobody is here yet. Come in, and others will see it.";
  return `${count === 1 ? "One person is" : `${count} people are`} here. They hear you as soon as you come in.`;
}

function tile(channel, id, how, lane) {
  const isMine = id === state.me.id;
  const peer = voice.session?.peers.get(id);
  const here = isIn(channel.id) && Boolean(isMine || peer);
  const sends = lane === "screen" ? how.screen : how.video;
  const stream = here && sends && !how.suppressed ? (isMine ? media.stream(lane) : peer.stream(lane)) : null;
  const words = here && !isMine ? trouble(peer) : "";
  const { name } = roster.card(id);
  return {
    key: `${id} ${lane}`,
    look: JSON.stringify([name, how, stream?.id, words, isMine]),
    make() {
      const element = h("li", { class: `tile ${lane}`, "data-user": id, "data-speaker": lane === "camera" && id },
        h("div", { class: "picture" }), h("p", { class: "trouble" }), h("p", { class: "caption" }));
      fill(element, { id, name, how, lane, stream, words, isMine });
      return element;
    },
    update: (element) => fill(element, { id, name, how, lane, stream, words, isMine }),
  };
}

function fill(element, { id, name, how, lane, stream, words, isMine }) {
  const [picture, trouble, caption] = element.children;
  show(picture, stream, id, `${lane === "screen" ? "The screen" : "The camera"} of ${name}`);
  element.classList.toggle("mirrored", isMine && lane === "camera");
  trouble.textContent = words;
  const label = lane === "screen" ? `${name}’s screen` : isMine ? `${name} (you)` : name;
  caption.replaceChildren(...[h("span", { class: "label" }, label), lane === "camera" && marks(how)].filter(Boolean));
}

/** A video, where there is one, else a face. The element stays while its stream does: else the picture would flicker. */
function show(picture, stream, id, words) {
  const before = picture.querySelector("video");
  if (before && before.srcObject === stream) return;
  if (before) before.srcObject = null;
  // Sound is played by elements of its own.
  const video = stream && h("video", { autoplay: true, muted: true, playsInline: true, srcObject: stream, "aria-label": words });
  picture.replaceChildren(video ?? portrait(roster.card(id)));
}

/** What is wrong between oneself and another. */
function trouble(peer) {
  if (peer.state === "connected") return "";
  if (peer.wasConnected) return "Connection lost, trying again…";
  if (peer.tries < TRIES) return "Connecting…";
  if (hasRelay()) return "No way to them was found. Trying again…";
  return "No way to them was found, and this server has no TURN server to relay. Whoever runs it can set one up.";
}
