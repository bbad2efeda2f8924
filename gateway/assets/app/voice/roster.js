// Who is in which voice channel, and how, as the server tells it.
//
// How somebody is there is a `VoiceState` of the API: `{muted, deafened, video, screen, serverMuted, serverDeafened,
// suppressed}`.

import { ask, on } from "../client.js";
import * as store from "../store.js";

/** Sessions in a page: the server's limit. */
const PAGE = 100;
const NOBODY = new Map();

/** By channel or conversation: `{id, people}`, where `people` has a state for each user's id, in the order of coming. */
const sessions = new Map();
/** Names and pictures of people, by id. */
const cards = new Map();

/** How everybody is in a channel or conversation, by their ids. */
export const people = (place) => sessions.get(place)?.people ?? NOBODY;

/** The session in a channel or conversation. */
export const sessionOf = (place) => sessions.get(place)?.id ?? null;

/** The channel that somebody is in. */
export const placeOf = (id) => [...sessions].find(([, session]) => session.people.has(id))?.[0];

/** Name and picture of somebody. */
export const card = (id) => cards.get(id) ?? { id, name: "Somebody", avatar: null };

/** Whether others must not play what somebody sends. */
export const isSilenced = (state) => Boolean(state?.serverMuted || state?.suppressed);

on({
  ready({ user, voiceSessions }) {
    sessions.clear();
    cards.set(user.id, user);
    voiceSessions.forEach(begin);
    learnNames();
  },
  "voice-session-created": begin,
  "voice-session-ended": ended,
  "dm-call-answered"({ sessionId, conversationId, participants }) {
    for (const { voiceState, ...user } of participants) cards.set(user.id, user);
    sessions.set(conversationId, { id: sessionId, people: new Map(participants.map((each) => [each.id, each.voiceState])) });
    store.changed();
  },
  "dm-call-left": ({ conversationId, ...what }) => gone({ ...what, channelId: conversationId }),
  "dm-call-state-updated": ({ conversationId, ...what }) => updated({ ...what, channelId: conversationId }),
  "dm-call-ended": ({ conversationId, sessionId }) => ended({ channelId: conversationId, sessionId }),
  "user-joined-voice"({ user, channelId, sessionId, voiceState }) {
    cards.set(user.id, user);
    if (sessions.get(channelId)?.id !== sessionId) sessions.set(channelId, { id: sessionId, people: new Map() });
    sessions.get(channelId).people.set(user.id, voiceState);
    store.changed();
  },
  "user-left-voice": gone,
  "voice-state-updated": updated,
});

function ended({ channelId, sessionId }) {
  if (sessions.get(channelId)?.id === sessionId) sessions.delete(channelId);
  store.changed();
}

function gone({ userId, channelId, sessionId }) {
  if (sessions.get(channelId)?.id === sessionId) sessions.get(channelId).people.delete(userId);
  store.changed();
}

function updated({ userId, channelId, sessionId, voiceState }) {
  if (sessions.get(channelId)?.id === sessionId) sessions.get(channelId).people.set(userId, voiceState);
  store.changed();
}

function begin({ channelId, conversationId, sessionId, participants }) {
  sessions.set(channelId ?? conversationId, { id: sessionId, people: new Map(participants.map((each) => [each.userId, each.voiceState])) });
  store.changed();
}

/** Takes over what the answer of a call or command says of a session. */
export function learn({ id, channelId, conversationId, participants }) {
  for (const { user } of participants) cards.set(user.id, user);
  sessions.set(channelId ?? conversationId, { id, people: new Map(participants.map((each) => [each.user.id, stateOf(each)])) });
  store.changed();
}

/** Calls have other words for it than events. */
function stateOf(participant) {
  return {
    muted: participant.isMuted,
    deafened: participant.isDeafened,
    video: participant.isVideoEnabled,
    screen: participant.isScreenSharing,
    serverMuted: participant.isServerMuted,
    serverDeafened: participant.isServerDeafened,
    suppressed: participant.isSuppressed,
  };
}

/** `ready` has ids alone: asks for the names of those who are not known. */
async function learnNames() {
  const isKnown = () => [...sessions.values()].every((session) => [...session.people.keys()].every((id) => cards.has(id)));
  try {
    for (let after = ""; after !== null && !isKnown(); ) {
      const page = await ask("GET", `/api/voice/sessions?limit=${PAGE}${after && `&after=${after}`}`);
      for (const { user } of page.sessions.flatMap((session) => session.participants)) cards.set(user.id, user);
      after = page.hasMore ? page.nextCursor : null;
    }
  } catch {
    // Then they are "Somebody" until they move, or until the next `ready`.
  }
  store.changed();
}
