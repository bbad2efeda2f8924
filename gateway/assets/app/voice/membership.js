// Being in a voice channel or call, one at a time: coming, going, being moved, and coming back after a lost connection.

import { on, onEnd } from "../client.js";
import * as store from "../store.js";
import { state } from "../store.js";
import { hush, media } from "./controls.js";
import { iceServers } from "./ice.js";
import { channelPlace } from "./places.js";
import * as roster from "./roster.js";
import { VoiceSession } from "./session.js";
import { isIn, tell, voice } from "./state.js";

/** How long it may take until one hears where one was moved to, milliseconds. */
const MOVE = 5_000;
/** Why one is out, by the reason of `user-left-voice`. */
const REASONS = {
  disconnected: "A moderator disconnected you from this voice channel.",
  forbidden: "You may not be here any more.",
  replaced: "You are there by another of your devices now.",
};

/** What is said when a call ends, by its outcome. */
const OUTCOMES = { answered: "The call is over.", declined: "They declined the call.", missed: "Nobody answered.", busy: "They are in another call." };

/** Which coming is the present one: what belongs to another has no say any more. */
let attempt = 0;
/** Signals that came before the answer to joining. */
let early = [];
let moving = 0;

/** Comes to a place of `places.js`, from wherever one is; with the camera on, if wanted. */
export async function join(place, { isVideo = false } = {}) {
  if (isIn(place.id)) return;
  leave();
  Object.assign(voice, { status: "joining", place, muted: voice.deafened });
  tell();
  const mine = (attempt += 1);
  // Without a microphone one can listen.
  let trouble = await media.open("mic").then(() => "", (error) => error.message);
  if (isVideo) await media.open("camera").catch((error) => (trouble ||= error.message));
  if (mine !== attempt) return void (voice.status === "out" && media.closeAll());
  if (!media.track("mic")) voice.muted = true;
  await enter();
  if (mine === attempt && trouble) tell(`You can listen. ${trouble}`);
}

/** Leaves. */
export function leave() {
  if (voice.status === "out") return;
  voice.place.leave().catch(() => {});
  out();
}

/** Is there from now on, or still. */
async function enter() {
  const mine = attempt;
  const { place, muted, deafened } = voice;
  try {
    const servers = await iceServers();
    const isVideo = Boolean(media.track("camera"));
    const { session } = await place.enter({ muted, deafened, isVideo });
    // Whoever hung up before it rang could not say which call.
    if (mine !== attempt) return void (place.isCall && place.leave().catch(() => {}));
    begin(session, servers);
    if (media.track("screen")) place.update({ screen: true }).catch(() => {});
  } catch (failure) {
    if (mine !== attempt) return;
    // The connection comes back, and this begins again.
    if (failure.code === "LOST" && voice.status === "returning") return;
    out(advice(failure));
  }
}

function begin(session, servers) {
  roster.learn(session);
  if (voice.session?.id !== session.id) {
    voice.session?.close();
    const hears = { changed: store.changed, refused };
    voice.session = new VoiceSession({ id: session.id, me: state.me.id, media, servers, hears });
  }
  voice.status = "in";
  voice.session.meet(session.participants.map(({ user }) => user.id));
  for (const { sessionId, fromUserId, signalData } of early.splice(0)) {
    if (sessionId === session.id) voice.session.receive(fromUserId, signalData);
  }
  tabs.postMessage(login);
  hush();
  tell();
}

/** Is not there any more; `fault` says why, if it was not wanted. */
function out(fault) {
  clearTimeout(moving);
  attempt += 1;
  voice.session?.close();
  early = [];
  Object.assign(voice, { status: "out", session: null });
  media.closeAll();
  tell(fault);
}

/** What to do when one is not let in. */
function advice({ code, message }) {
  switch (code) {
    case "LOST": return "The server cannot be reached. Try again when the connection is back.";
    case "BUSY": return "They are in another call. Try again later.";
    case "FORBIDDEN": return "You cannot call them.";
    case "CONFLICT": return voice.place.isCall ? message : `${message} Try again when somebody has left.`;
    case "INSUFFICIENT_PERMISSIONS": return "You may not connect to this voice channel. Ask whoever manages the server.";
    case "RESOURCE_NOT_FOUND":
      return voice.place.isCall ? "The call is over." : "This voice channel is gone, or hidden from you.";
    default: return message;
  }
}

// What the server tells

on({
  ready({ sessionId }) {
    login = sessionId;
    if (voice.status === "moving") return findOut();
    if (voice.status !== "in" && voice.status !== "returning") return;
    voice.status = "returning";
    enter();
  },
  "user-joined-voice"({ user, channelId, sessionId }) {
    if (user.id === state.me.id && voice.status === "moving") follow(channelId);
    else if (sessionId === voice.session?.id) voice.session.joined(user.id);
  },
  "user-left-voice"({ userId, sessionId, reason }) {
    if (sessionId !== voice.session?.id) return;
    if (userId !== state.me.id) voice.session.left(userId);
    else if (reason === "moved") wait();
    else if (reason === "lost") enter();
    else out(REASONS[reason]);
  },
  "dm-call-answered"({ sessionId, participants }) {
    if (sessionId === voice.session?.id) participants.forEach(({ id }) => voice.session.joined(id));
  },
  "dm-call-left"({ userId, sessionId, reason }) {
    if (sessionId !== voice.session?.id) return;
    if (userId !== state.me.id) voice.session.left(userId);
    else if (reason === "lost") enter();
    else out(REASONS[reason] ?? "");
  },
  "dm-call-ended"({ sessionId, outcome }) {
    if (sessionId === voice.session?.id) out(OUTCOMES[outcome] ?? "");
  },
  "webrtc-signal"(signal) {
    if (voice.status === "joining" || voice.status === "moving") early.push(signal);
    else if (signal.sessionId === voice.session?.id) voice.session.receive(signal.fromUserId, signal.signalData);
  },
  "channel-deleted": ({ channelId }) => isIn(channelId) && out("This voice channel was deleted."),
});

store.listen(() => {
  if (state.link.name !== "live" && voice.status === "in") voice.status = "returning";
});

onEnd(leave);
// Whoever closes the page leaves at once, and not when the server misses them.
window.addEventListener("pagehide", leave);

/** A moderator moves one: where to is told next. */
function wait() {
  voice.session.close();
  Object.assign(voice, { status: "moving", session: null });
  moving = setTimeout(findOut, MOVE);
  tell();
}

/** Where to was not told. */
function findOut() {
  const place = roster.placeOf(state.me.id);
  if (place) follow(place);
  else out("You were moved to a place that you do not see.");
}

function follow(channelId) {
  clearTimeout(moving);
  voice.place = channelPlace(channelId);
  enter();
}

/** The server did not hand a signal on. Who has left is told by an event. */
function refused({ code }) {
  if (code === "CONFLICT") out(REASONS.replaced);
}

// Another tab of the same login gets the same signals: the one that came last is there.

let login = null;
const tabs = new BroadcastChannel("guildhall.voice");
tabs.onmessage = ({ data }) => {
  if (data === login && voice.status !== "out") out("You are in voice in another tab now.");
};
