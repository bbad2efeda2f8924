// What the page knows, and who wants to hear that it changed. Only this module changes it; nothing here touches the
// page or the network.

import { Timeline } from "./timeline.js";

/** How long somebody types without saying so again, milliseconds. */
const TYPING = 6_000;
const WRITTEN = new Set(["text", "announcement"]);

/** Whether one writes in a channel. */
export const isWritten = (channel) => WRITTEN.has(channel?.type);
/** Whether one speaks in a channel. */
export const isVoice = (channel) => channel?.type === "voice";
/** Whether one is called there. */
export const isDirect = (channel) => channel?.type === "direct";
const isShown = (channel) => isWritten(channel) || isVoice(channel);

export const state = {
  /** Who is logged in; `null` before that is known. */
  me: null,
  /** `connecting`, `live` or `waiting`, and whether it was lost and is not back. */
  link: { name: "connecting", lost: false },
  /** Servers in the order in which they were joined: `{id, name, inviteCode, memberCount, channels: [ids]}`. */
  servers: [],
  /**
   * Channels by id: the API's, with `lastSeq` and `readSeq` (both `null` when unknown), `timeline` (once it was opened),
   * `loading`, `failure`, `divider` (the `seq` behind which the unread began), `typing` and `draft`.
   */
  channels: new Map(),
  /** The id of the channel that is shown. */
  current: null,
};

const listeners = new Set();
let told = false;

/** Calls `listener` after changes; several at once are one. */
export function listen(listener) {
  listeners.add(listener);
}

/** Says that something changed. */
export function changed() {
  if (told) return;
  told = true;
  queueMicrotask(() => {
    told = false;
    for (const listener of listeners) listener();
  });
}

/** The channel that is shown. */
export const current = () => state.channels.get(state.current);

/** The server that a channel is of. */
export const serverOf = (channel) => state.servers.find((server) => server.id === channel?.serverId);

/** How many messages of a channel were not read, deleted ones included. */
export const unread = (channel) => Math.max(0, (channel.lastSeq ?? 0) - (channel.readSeq ?? 0));

export function reset() {
  state.me = state.current = null;
  state.link = { name: "connecting", lost: false };
  state.servers = [];
  state.channels.clear();
  changed();
}

export function linked(name) {
  state.link = { name, lost: name === "waiting" || (name === "connecting" && state.link.lost) };
  changed();
}

export function show(id) {
  const channel = state.channels.get(id);
  state.current = channel ? id : null;
  if (channel) channel.divider = unread(channel) > 0 ? channel.readSeq : null;
  changed();
}

/** All servers anew, from `ready`: what is not among them is gone. */
export function welcome(me, servers, standings) {
  state.me = me;
  const kept = new Set(servers.flatMap((server) => server.channels.map((channel) => channel.id)));
  for (const [id, channel] of state.channels) if (!kept.has(id) && !isDirect(channel)) state.channels.delete(id);
  state.servers = [];
  for (const server of servers) enter(server, standings);
  if (!state.channels.has(state.current)) state.current = null;
  changed();
}

/** All conversations anew, from `ready`. */
export function meet(conversations) {
  const kept = new Set(conversations.map((conversation) => conversation.id));
  for (const [id, channel] of state.channels) if (!kept.has(id) && isDirect(channel)) state.channels.delete(id);
  conversations.forEach(converse);
  changed();
}

/** A conversation that one is in, as it is now. */
export function converse(conversation) {
  const { id, name, recipient, memberCount } = conversation;
  const words = recipient?.name ?? name ?? `A group of ${memberCount}`;
  const known = state.channels.get(id) ?? fresh();
  state.channels.set(id, Object.assign(known, { id, name: words, recipient, memberCount, type: "direct" }));
  changed();
}

/** A server that one is in now. */
export function enter(server, standings = {}) {
  const channels = server.channels.filter(isShown);
  for (const channel of channels) add(channel, standings[channel.id]);
  const entry = { ...server, channels: channels.map((channel) => channel.id) };
  const place = state.servers.findIndex((known) => known.id === server.id);
  if (place < 0) state.servers.push(entry);
  else state.servers[place] = entry;
  changed();
}

const fresh = () => ({
  lastSeq: null, readSeq: null, timeline: null, loading: false, failure: "", divider: null, draft: "", typing: new Map(),
});

function add(channel, standing) {
  const known = state.channels.get(channel.id) ?? fresh();
  Object.assign(known, channel);
  known.typing.clear();
  if (standing) {
    known.lastSeq = standing.lastSeq;
    // Beyond the mark there may be replies in threads alone, which this page does not show.
    known.readSeq = Math.max(known.readSeq ?? 0, standing.unread ? standing.lastReadSeq : standing.lastSeq);
  }
  state.channels.set(channel.id, known);
}

/** A server that one is in no more. */
export function leave(id) {
  const server = state.servers.find((known) => known.id === id);
  for (const channel of server?.channels ?? []) drop(channel);
  state.servers = state.servers.filter((known) => known.id !== id);
  changed();
}

/** A new channel. */
export function open(channel) {
  const server = state.servers.find((known) => known.id === channel.serverId);
  if (!server || !isShown(channel) || server.channels.includes(channel.id)) return;
  server.channels.push(channel.id);
  add(channel, { lastSeq: 0, lastReadSeq: 0, unread: 0 });
  changed();
}

/** A channel that has another name, topic or limit. */
export function rename({ id, name, topic, type, userLimit }) {
  const channel = state.channels.get(id);
  if (channel) Object.assign(channel, { name, topic, type, userLimit });
  changed();
}

/** The channels of a server in another order. */
export function arrange(serverId, order) {
  const server = state.servers.find((known) => known.id === serverId);
  server?.channels.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  changed();
}

/** A channel that is gone, or not to be seen any more. */
export function drop(id) {
  for (const server of state.servers) server.channels = server.channels.filter((known) => known !== id);
  state.channels.delete(id);
  if (state.current === id) state.current = null;
  changed();
}

/** Somebody came to a server, or went. */
export function count(serverId, userId, by) {
  const server = state.servers.find((known) => known.id === serverId);
  // One's own coming is in the count that came with the server.
  if (server && userId !== state.me?.id) server.memberCount += by;
  changed();
}

/** Where the newest page of a channel is about to be merged; made when it is not there. */
export function timeline(channel) {
  channel.timeline ??= new Timeline(state.me.id);
  return channel.timeline;
}

/** A message as it is now, from an event, a replay or an answer. */
export function receive(message) {
  const channel = state.channels.get(message.channelId);
  // What stands in a thread does not stand in the channel.
  if (!channel || message.parentMessageId) return;
  channel.typing.delete(message.author.id);
  if (message.seq > (channel.lastSeq ?? 0)) {
    // Where nothing was known, everything before this one counts as read.
    channel.readSeq ??= message.seq - 1;
    channel.lastSeq = message.seq;
    if (message.author.id === state.me.id) channel.readSeq = message.seq;
  }
  channel.timeline?.put(message);
  changed();
}

/** A message is gone. */
export function remove(channelId, messageId) {
  state.channels.get(channelId)?.timeline?.remove(messageId);
  changed();
}

/** The read mark moved, here or elsewhere. */
export function read(channelId, seq) {
  const channel = state.channels.get(channelId);
  if (channel) channel.readSeq = Math.max(channel.readSeq ?? 0, seq);
  changed();
}

export function typing(channelId, userId, username) {
  const channel = state.channels.get(channelId);
  if (!channel || userId === state.me?.id) return;
  clearTimeout(channel.typing.get(userId)?.timer);
  if (username === null) channel.typing.delete(userId);
  else channel.typing.set(userId, { username, timer: setTimeout(() => typing(channelId, userId, null), TYPING) });
  changed();
}
