// Reading: pages of history, what comes in live, catching up, and how far one has read.

import { ask, command, connections, on, onFrame } from "./client.js";
import { notify } from "./notice.js";
// Before what is below: it hears of `ready` first.
import "./servers.js";
import * as store from "./store.js";
import { state } from "./store.js";
import { flush, type } from "./writing.js";

/** Messages in a page of history. */
const PAGE = 50;
/** Timelines in one `resume`: the server's limit. */
const PARTS = 200;
/** How soon older messages are asked for again after that failed, milliseconds. */
const AGAIN = 2_000;

on({
  ready: () => resume(),
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
});

onFrame(({ timeline, rev }) => {
  // Up to here everything is known; while a channel is catching up only `resume`'s answer may say so.
  const known = state.channels.get(timeline)?.timeline;
  if (known && rev > known.rev && !known.behind) known.rev = rev;
});

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
      const resumed = await command("resume", { timelines });
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

/** Shows a channel. */
export function show(id) {
  type(false);
  store.show(id);
  const channel = store.current();
  if (channel && store.isWritten(channel) && !channel.timeline) load(channel);
}

/** Reads the newest page of a channel. */
export async function load(channel) {
  if (!state.channels.has(channel?.id) || !store.isWritten(channel) || channel.loading) return;
  channel.loading = true;
  channel.failure = "";
  const timeline = store.timeline(channel);
  const began = connections();
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
  if (began === connections()) flush(channel);
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
    notify(failure.message);
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
    await command("mark-read", { channelId: channel.id, seq }).catch(() => {});
  }, wait);
}
