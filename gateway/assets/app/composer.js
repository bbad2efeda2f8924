// Where one writes: a new message, an answer, or another text for an old one.

import { part } from "./dom.js";
import { notify } from "./notice.js";
import * as store from "./store.js";
import { state } from "./store.js";
import * as writing from "./writing.js";

const field = part("text");
/** What is being written: `{kind: "answer" or "edit", message}`, or nothing but a message. */
let context = null;
let channelId = null;

export function start() {
  part("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    finish();
  });
  field.addEventListener("keydown", press);
  field.addEventListener("input", () => {
    grow();
    if (context?.kind !== "edit") writing.type(field.value.trim() !== "");
  });
  field.addEventListener("blur", () => writing.type(false));
  part("context-end").addEventListener("click", () => cancel());
}

/** Keeps what was begun in one channel for when one comes back to it. */
export function render(channel) {
  if (channel?.id === channelId) return;
  const left = state.channels.get(channelId);
  if (left) left.draft = context?.kind === "edit" ? "" : field.value;
  channelId = channel?.id ?? null;
  part("text").placeholder = channel ? `Message #${channel.name}` : "";
  set(null, channel?.draft ?? "");
}

export const focus = () => field.focus();

export function answer(message) {
  set({ kind: "answer", message }, context?.kind === "edit" ? "" : field.value);
  focus();
}

export function amend(message) {
  set({ kind: "edit", message }, message.content);
  focus();
}

function cancel() {
  set(null, context?.kind === "edit" ? "" : field.value);
  focus();
}

function set(next, text) {
  context = next;
  part("context").hidden = !context;
  if (context) {
    const { kind, message } = context;
    part("context-text").textContent = kind === "edit" ? "Editing your message" : `Answering ${message.author.name}: ${message.content}`;
  }
  field.value = text;
  grow();
}

function press(event) {
  // Enter also ends the choice of a word in an input method.
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    finish();
  } else if (event.key === "Escape" && context) {
    cancel();
  } else if (event.key === "ArrowUp" && field.value === "") {
    const own = store.current()?.timeline?.messages.findLast((message) => message.author.id === state.me.id);
    if (!own) return;
    event.preventDefault();
    amend(own);
  }
}

async function finish() {
  const content = field.value.trim();
  const timeline = store.current()?.timeline;
  if (content === "" || !timeline) return;
  const now = context;
  set(null, "");
  focus();
  if (now?.kind !== "edit") return writing.send(content, now?.message.id ?? null);
  try {
    if (content !== now.message.content) await writing.edit(now.message.id, content);
  } catch (failure) {
    notify(failure.message);
    if (field.value === "" && !context) set(now, content);
  }
}

/** As high as its text, up to what the style allows. */
function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
