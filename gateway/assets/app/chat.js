// What the page does: between the server and the store.

import { call } from "./api.js";
import { Link } from "./socket.js";
import * as store from "./store.js";
import { state } from "./store.js";

/** Messages in a page of history. */
const PAGE = 50;
/** Timelines in one `resume`: the server's limit. */
const PARTS = 200;
/** How often others are told that one still types, and how soon a failed send is tried again, milliseconds. */
const [TYPING, AGAIN] = [3_000, 2_000];

const KEY = "guildhall.token";
let token = sessionStorage.getItem(KEY);
let link = null;
let over = () => {};
/** Parts of a long `ready` that is not whole yet. */
let parts = null;
/** How often the connection was made. */
let beginnings = 0;

/** Whether somebody is logged in, as far as can be told without asking. */
export const hasToken = () => token !== null;

/** Logs in or signs up; `path` says which. */
export async function enter(path, body) {
  const answer = await call("POST", `/api/auth/${path}`, body);
  token = answer.token;
  sessionStorage.setItem(KEY, token);
}

/** Connects. `onOver(sentence)` is called when the login has ended. */
export function start(onOver) {
  over = onOver;
  link = new Link(token, { event: hear, state: store.linked, over: leave });
}

/** Ends the login, here and on the server. */
export function logOut() {
  // Not waited for: it is over here whether the server can be told or not.
  if (token) call("POST", "/api/auth/logout", undefined, token).catch(() => {});
  leave();
}

/** Forgets the login. */
function leave(sentence = "") {
  link?.close();
  link = token = parts = null;
  sessionStorage.removeItem(KEY);
  store.reset();
  over(sentence);
}

/** Does not wait for the next try. */
export const hurry = () => link?.wake();

async function ask(method, path, body) {
  try {
    return await call(method, path, body, token);
  } catch (failure) {
    if (failure.endsSession && token) leave(failure.message);
    throw failure;
  }
}

// Events

function hear({ event, data, timeline, rev }) {
  handlers[event]?.(data, rev);
  // Up to here everything is known; while a channel is catching up only `resume`'s answer may say so.
  const known = state.channels.get(timeline)?.timeline;
  if (known && rev > known.rev && !known.behind) known.rev = rev;
}

const handlers = {
  ready: (data) => begin({ me: data.user, servers: data.servers, unread: data.unread }, data.more),
  "ready-more"(data) {
    parts.servers.push(...data.servers);
    begin({ ...parts, unread: { ...parts.unread, ...data.unread } }, data.more);
  },
  "new-message"(message) {
    const channel = state.channels.get(message.channelId);
    const away = channel && channel.id === state.current && document.visibilityState === "hidden";
    if (away && store.unread(channel) === 0) channel.divider = channel.readSeq;
    store.receive(message);
  },
  "message-edited": store.receive,
  "message-updated": store.receive,
  "message-deleted": (data) => store.remove(data.channelId, data.messageId),
  "read-mark": (data) => store.read(data.channelId, data.seq),
  "user-typing": (data) => store.typing(data.channelId, data.userId, data.username),
  "user-stopped-typing": (data) => store.typing(data.channelId, data.userId, null),
  "timeline-gap": (data) => load(state.channels.get(data.timeline)),
  "server-created": (data) => store.enter(data.server),
  "server-deleted": (data) => store.leave(data.serverId),
  "kicked-from-server": (data) => store.leave(data.serverId),
  "channel-created": (data) => store.open(data.channel),
  "channel-updated": (data) => store.rename(data.channel),
  "channels-reordered": (data) => store.arrange(data.serverId, data.channelIds),
  "channel-deleted": (data) => store.drop(data.channelId),
  "member-joined": (data) => store.count(data.serverId, data.member.user.id, 1),
  "member-left": (data) => store.count(data.serverId, data.userId, -1),
};

function begin(all, more) {
  parts = all;
  if (more) return;
  parts = null;
  beginnings += 1;
  store.welcome(all.me, all.servers, all.unread);
  resume();
}

/** Catches up with the channels that were open, then sends what could not be sent. */
async function resume() {
  const open = [...state.channels.values()].filter((channel) => channel.timeline);
  open.filter((channel) => channel.failure).forEach(load);
  // What is being read just now catches up when it is there.
  await catchUp(open.filter((channel) => !channel.loading));
}

async function catchUp(channels) {
  for (const channel of channels) channel.timeline.behind = true;
  for (let from = 0; from < channels.length; from += PARTS) {
    const some = channels.slice(from, from + PARTS);
    const timelines = Object.fromEntries(some.map((channel) => [channel.id, channel.timeline.rev]));
    try {
      const resumed = await link.command("resume", { timelines });
      resumed.gone.forEach(store.drop);
      for (const { id, timeline } of some) {
        timeline.behind = false;
        timeline.rev = Math.max(timeline.rev, resumed.timelines[id] ?? 0);
      }
      some.forEach(flush);
    } catch (failure) {
      // When the connection is lost all this begins again by itself.
      if (failure.code !== "LOST" || state.link.name === "live") some.forEach(load);
    }
  }
}

// Reading

/** Shows a channel. */
export function show(id) {
  type(false);
  store.show(id);
  const channel = store.current();
  if (channel && !channel.timeline) load(channel);
}

/** Reads the newest page of a channel. */
export async function load(channel) {
  if (!state.channels.has(channel?.id) || channel.loading) return;
  channel.loading = true;
  channel.failure = "";
  const timeline = store.timeline(channel);
  const began = beginnings;
  store.changed();
  try {
    const page = await ask("GET", `/api/channels/${channel.id}/messages?limit=${PAGE}`);
    timeline.open(page);
    timeline.behind = false;
    channel.lastSeq = Math.max(channel.lastSeq ?? 0, page.lastSeq);
    channel.readSeq ??= page.lastSeq;
  } catch (failure) {
    channel.failure = failure.message;
  }
  channel.loading = false;
  store.changed();
  // The connection was another one when the page was read: something may have happened between the two.
  if (channel.failure || !state.channels.has(channel.id)) return;
  if (began === beginnings) flush(channel);
  else await catchUp([channel]);
}

/** Until when no older messages are asked for, after that failed. */
let pause = 0;

/** Reads the page before what is known of the channel that is shown. */
export async function older() {
  const channel = store.current();
  const timeline = channel?.timeline;
  if (!timeline?.hasOlder || channel.loading || channel.failure || performance.now() < pause) return;
  channel.loading = true;
  store.changed();
  try {
    const before = timeline.messages[0].seq;
    const path = `/api/channels/${channel.id}/messages?limit=${PAGE}&before=${before}`;
    const page = await ask("GET", path);
    // What is there may have been reloaded meanwhile.
    if (timeline.messages[0]?.seq === before) timeline.prepend(page);
  } catch (failure) {
    say(failure.message);
    pause = performance.now() + AGAIN;
  }
  channel.loading = false;
  store.changed();
}

/** Reads a message that is quoted and not known. */
export async function quote(channel, id) {
  const timeline = channel.timeline;
  if (timeline.asked.has(id)) return;
  timeline.asked.add(id);
  try {
    timeline.stray((await ask("GET", `/api/channels/${channel.id}/messages/${id}`)).message);
  } catch (failure) {
    if (failure.code === "RESOURCE_NOT_FOUND") timeline.remove(id);
    else timeline.asked.delete(id);
  }
  store.changed();
}

/** The time of the next mark; the server counts commands, and a busy channel would soon have used them up. */
let [marking, marked] = [0, -Infinity];

/** The end of the channel that is shown is being looked at. */
export function look() {
  const channel = store.current();
  if (!channel?.timeline || channel.timeline.behind || state.link.name !== "live") return;
  channel.timeline.trim();
  if (store.unread(channel) === 0 || marking) return;
  const wait = Math.max(250, marked + 2_000 - performance.now());
  marking = setTimeout(async () => {
    marking = 0;
    marked = performance.now();
    if (store.unread(channel) === 0 || document.visibilityState === "hidden") return;
    const seq = channel.lastSeq;
    store.read(channel.id, seq);
    // Lost: the next look is soon enough.
    await link?.command("mark-read", { channelId: channel.id, seq }).catch(() => {});
  }, wait);
}

// Writing

/** Sends a message to the channel that is shown. */
export function send(content, replyTo) {
  const channel = store.current();
  const draft = { nonce: nonce(), content, replyTo, at: new Date(), state: "waiting", error: "" };
  channel.timeline.drafts.push(draft);
  channel.divider = null;
  typed.at = 0;
  deliver(channel, draft);
}

/** Unlike `crypto.randomUUID` this is there without TLS, too. */
function nonce() {
  return `web-${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Sends a draft until it is known what became of it: with its nonce it is written once, however often it is sent. */
async function deliver(channel, draft) {
  draft.state = "sending";
  store.changed();
  const { content, replyTo, nonce } = draft;
  try {
    const done = await link.command("send-message", { channelId: channel.id, content, replyTo, nonce });
    store.receive(done.message);
  } catch (failure) {
    draft.state = failure.passes ? "waiting" : "failed";
    draft.error = failure.message;
    // Also when the connection lives: only the answer may be lost. Without one, `resume` sends it.
    if (failure.passes) setTimeout(() => flush(channel), AGAIN);
  }
  store.changed();
}

function flush(channel) {
  if (state.link.name !== "live" || channel.timeline.behind) return;
  for (const draft of channel.timeline.drafts) if (draft.state === "waiting") deliver(channel, draft);
}

/** Sends a draft again that was refused. */
export const retry = deliver;

/** Gives up a draft that was refused. */
export function discard(channel, draft) {
  channel.timeline.drafts = channel.timeline.drafts.filter((other) => other !== draft);
  store.changed();
}

/** Changes the text of a message; throws a `Failure`. */
export async function edit(id, content) {
  store.receive((await link.command("edit-message", { messageId: id, content })).message);
}

/** Deletes a message; throws a `Failure`. */
export async function erase(channelId, messageId) {
  await link.command("delete-message", { messageId });
  store.remove(channelId, messageId);
}

const typed = { at: 0, channel: null };

/** Somebody types here, or stopped. */
export function type(isTyping) {
  const channel = store.current();
  if (!channel || state.link.name !== "live") return;
  const now = performance.now();
  const told = typed.at > 0 && now - typed.at < TYPING;
  if (isTyping ? told : typed.at === 0) return;
  if (isTyping) typed.channel = channel.id;
  typed.at = isTyping ? now : 0;
  link.command(isTyping ? "typing-start" : "typing-stop", { channelId: typed.channel }).catch(() => {});
}

// Servers

/** Joins a server by its code; returns it. */
export async function join(code) {
  const { server } = await ask("POST", `/api/servers/join/${encodeURIComponent(code)}`);
  store.enter(server);
  return server;
}

/** Makes a server; returns it. */
export async function create(name) {
  const { server } = await ask("POST", "/api/servers", { name });
  store.enter(server);
  return server;
}

// Words for the person, outside of any form

let speaker = () => {};

/** Who shows what `say` says. */
export function speakTo(show) {
  speaker = show;
}

export function say(sentence) {
  speaker(sentence);
}
