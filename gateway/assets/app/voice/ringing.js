// Calls that ring here: on all of one's devices, until one of them answers or declines.

import { command, on, onEnd } from "../client.js";
import { notify } from "../notice.js";
import * as store from "../store.js";
import { state } from "../store.js";
import * as roster from "./roster.js";

/** Longer than any server lets it ring: an event that ends it may be lost, and clocks differ. Milliseconds. */
const MOST = 120_000;

/** By session: `{sessionId, conversationId, caller, isVideo}`, in the order of coming. */
const calls = new Map();

/** The call that has rung for longest; `undefined` when none does. */
export const first = () => [...calls.values()][0];

/** Does not want to talk now. */
export function decline({ sessionId }) {
  stop(sessionId);
  command("decline-dm-call", { sessionId }).catch(() => {});
}

/** It rings no more. */
export function stop(sessionId) {
  clearTimeout(calls.get(sessionId)?.timer);
  calls.delete(sessionId);
  store.changed();
}

function ring(call) {
  stop(call.sessionId);
  calls.set(call.sessionId, { ...call, timer: setTimeout(() => stop(call.sessionId), MOST) });
  store.changed();
}

function miss(sessionId) {
  const call = calls.get(sessionId);
  stop(sessionId);
  if (call) notify(`You missed a call of ${call.caller.name}.`);
}

on({
  ready({ voiceSessions }) {
    // What rang before may be over.
    [...calls.keys()].forEach(stop);
    for (const { sessionId, conversationId, participants, call } of voiceSessions) {
      const isMine = call?.ringing.includes(state.me.id);
      if (isMine) ring({ sessionId, conversationId, caller: roster.card(participants[0]?.userId), isVideo: call.isVideo });
    }
  },
  "incoming-dm-call": ({ sessionId, conversationId, caller, isVideo }) => ring({ sessionId, conversationId, caller, isVideo }),
  "dm-call-answered": ({ sessionId, answeredBy }) => answeredBy === state.me.id && stop(sessionId),
  "dm-call-declined"({ sessionId, recipientId, reason }) {
    if (recipientId !== state.me.id) return;
    if (reason === "missed") miss(sessionId);
    else stop(sessionId);
  },
  "dm-call-ended": ({ sessionId }) => miss(sessionId),
});

onEnd(() => [...calls.keys()].forEach(stop));
