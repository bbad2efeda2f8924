// Writing: sending until it is known what became of it, changing, deleting, and saying that one types.

import { command } from "./client.js";
import * as store from "./store.js";
import { state } from "./store.js";

/** How often others are told that one still types, and how soon a failed send is tried again, milliseconds. */
const [TYPING, AGAIN] = [3_000, 2_000];

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
    const done = await command("send-message", { channelId: channel.id, content, replyTo, nonce });
    store.receive(done.message);
  } catch (failure) {
    draft.state = failure.passes ? "waiting" : "failed";
    draft.error = failure.message;
    // Also when the connection lives: only the answer may be lost. Without one, `resume` sends it.
    if (failure.passes) setTimeout(() => flush(channel), AGAIN);
  }
  store.changed();
}

/** Sends what waits in a channel. */
export function flush(channel) {
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
  store.receive((await command("edit-message", { messageId: id, content })).message);
}

/** Deletes a message; throws a `Failure`. */
export async function erase(channelId, messageId) {
  await command("delete-message", { messageId });
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
  command(isTyping ? "typing-start" : "typing-stop", { channelId: typed.channel }).catch(() => {});
}
