// The messages of the channel that is shown.

import * as composer from "./composer.js";
import { ask, dialog } from "./dialogs.js";
import { badge, h, keep, part } from "./dom.js";
import * as reading from "./reading.js";
import * as store from "./store.js";
import { state } from "./store.js";
import * as writing from "./writing.js";

/** Messages of one author within this time are one group, milliseconds. */
const GROUP = 5 * 60_000;
/** How near to an edge is at the edge, pixels. */
const [TOP, BOTTOM] = [400, 40];

const hour = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const date = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const whole = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });

const box = part("scroll");
const list = part("messages");
/** What is done with the message that the pointer or the focus is on. */
const tools = h("div", { class: "tools", role: "toolbar", "aria-label": "This message" });
let shown = null;
let pinned = true;
let erasing = null;

export function start() {
  box.addEventListener("scroll", settle, { passive: true });
  new ResizeObserver(() => pinned && toEnd()).observe(box);
  document.addEventListener("visibilitychange", settle);
  part("newest").addEventListener("click", () => toEnd());
  // A finger does not hover.
  const hovers = matchMedia("(hover: hover)");
  list.addEventListener("mouseover", (event) => hovers.matches && offer(event.target));
  for (const way of ["focusin", "click"]) list.addEventListener(way, (event) => offer(event.target));
  list.addEventListener("mouseleave", () => list.contains(document.activeElement) || tools.remove());
  list.addEventListener("keydown", walk);
  dialog("erase", () => writing.erase(erasing.channelId, erasing.id));
}

export function render(channel) {
  if (channel?.id !== shown) begin(channel);
  if (!channel) return;
  const anchor = pinned ? null : hold();
  keep(list, items(channel));
  if (list.lastElementChild && !list.querySelector("[tabindex='0']")) list.lastElementChild.tabIndex = 0;
  list.setAttribute("aria-busy", String(channel.loading));
  part("beginning").textContent = opening(channel);
  part("typing").textContent = typists(channel);
  if (anchor?.element.isConnected) box.scrollTop += anchor.element.offsetTop - anchor.top;
  else if (pinned && !part("divider")?.dataset.fresh) toEnd();
  arrive(channel);
  settle();
}

/** Another channel is shown from now on. */
function begin(channel) {
  shown = channel?.id ?? null;
  pinned = true;
  tools.remove();
  keep(list, []);
}

/** Goes to where reading stopped, once that is there. */
function arrive(channel) {
  const divider = part("divider");
  if (!divider?.dataset.fresh || channel.loading) return;
  delete divider.dataset.fresh;
  toEnd();
  if (divider.offsetTop < box.scrollTop) {
    box.scrollTop = divider.offsetTop - 60;
    pinned = false;
  }
}

/** The first message in sight, so that it can stay where it is. */
function hold() {
  const element = [...list.children].find((child) => child.offsetTop + child.offsetHeight > box.scrollTop);
  return element && { element, top: element.offsetTop };
}

function toEnd() {
  box.scrollTop = box.scrollHeight;
  pinned = true;
}

/** After scrolling: reads more, or marks as read. */
function settle() {
  const channel = store.current();
  if (!channel?.timeline || channel.id !== shown || box.clientHeight === 0) return;
  pinned = box.scrollHeight - box.scrollTop - box.clientHeight < BOTTOM;
  part("newest").hidden = pinned;
  if (box.scrollTop < TOP) reading.older();
  if (pinned && document.visibilityState === "visible") reading.look();
}

// What is in the list

function items(channel) {
  const { messages = [], drafts = [] } = channel.timeline ?? {};
  const all = [];
  let before = null;
  for (const message of messages) {
    const at = new Date(message.createdAt);
    const isNewDay = !before || before.at.toDateString() !== at.toDateString();
    if (isNewDay) all.push({ key: `day ${at.toDateString()}`, look: today(at), make: () => day(at) });
    const isFirstNew = channel.divider !== null && message.seq > channel.divider && !(before?.seq > channel.divider);
    if (isFirstNew) all.push({ key: "divider", look: "", make: divider });
    const follows = !isNewDay && !isFirstNew && isOneGroup(before, message, at);
    all.push(item(channel, message, at, follows));
    before = { at, seq: message.seq, author: message.author.id, type: message.type };
  }
  for (const draft of drafts) {
    const message = { id: draft.nonce, author: state.me, type: "text", replyTo: draft.replyTo, ...draft };
    const follows = isOneGroup(before, message, draft.at);
    all.push(item(channel, message, draft.at, follows, draft));
    before = { at: draft.at, author: state.me.id, type: "text" };
  }
  return all;
}

function isOneGroup(before, message, at) {
  return Boolean(before) && before.author === message.author.id && before.type === "text" && message.type === "text" &&
    !message.replyTo && at - before.at < GROUP;
}

function item(channel, message, at, follows, draft) {
  const quoted = message.replyTo && channel.timeline.find(message.replyTo);
  if (message.replyTo && quoted === undefined) reading.quote(channel, message.replyTo);
  return {
    key: message.id,
    look: `${message.rev} ${follows} ${quoted === null ? "gone" : quoted?.rev} ${draft?.state} ${draft?.error}`,
    make: () => (message.type === "system" ? system(message, at) : post(message, at, follows, quoted, draft)),
  };
}

function post(message, at, follows, quoted, draft) {
  const { author } = message;
  const kind = ["message", follows && "follows", draft && `draft ${draft.state}`].filter(Boolean).join(" ");
  const time = () => h("time", { dateTime: at.toISOString(), title: whole.format(at) }, hour.format(at));
  const text = h("p", { class: "text", dir: "auto" }, message.content);
  if (message.edited) text.append(h("span", { class: "edited", title: whole.format(new Date(message.editedAt)) }, " edited"));
  return h("li", { class: kind, "data-id": message.id, "data-seq": message.seq ?? null, tabIndex: -1 },
    message.replyTo && quote(message.replyTo, quoted),
    follows ? time() : badge(author.id, author.name, "face"),
    h("div", { class: "body" },
      h("p", { class: follows ? "unseen" : "head" }, h("strong", { class: "author" }, author.name), " ", !follows && time()),
      text, draft && fate(draft)));
}

function system(message, at) {
  return h("li", { class: "system", "data-id": message.id, tabIndex: -1 }, message.content, " ",
    h("time", { dateTime: at.toISOString() }, hour.format(at)));
}

function quote(id, quoted) {
  if (quoted === null) return h("p", { class: "quote gone" }, "A deleted message");
  if (!quoted) return h("p", { class: "quote" }, "An earlier message");
  const seek = () => [...list.children].find((child) => child.dataset.id === id)?.scrollIntoView({ block: "center" });
  return h("p", { class: "quote" },
    h("button", { type: "button", tabIndex: -1, onclick: seek, "aria-label": `In answer to ${quoted.author.name}: ${quoted.content}` },
      h("strong", {}, quoted.author.name), " ", h("span", { dir: "auto" }, quoted.content)));
}

/** What becomes of what was sent. */
function fate(draft) {
  if (draft.state !== "failed") return h("p", { class: "fate" }, draft.error ? "Not sent yet" : "Sending…");
  const channel = store.current();
  return h("p", { class: "fate" }, `Not sent: ${draft.error} `,
    h("button", { type: "button", class: "quiet", onclick: () => writing.retry(channel, draft) }, "Try again"),
    h("button", { type: "button", class: "quiet", onclick: () => writing.discard(channel, draft) }, "Discard"));
}

function day(at) {
  return h("li", { class: "day", role: "separator" }, h("span", {}, today(at)));
}

function today(at) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  return ["Today", "Yesterday"][days] ?? date.format(at);
}

function divider() {
  return h("li", { class: "divider", id: "divider", "data-fresh": "yes", role: "separator" }, h("span", {}, "New"));
}

function opening(channel) {
  if (channel.failure) return channel.failure;
  if (channel.loading) return "Loading…";
  if (channel.timeline?.hasOlder) return "";
  const isEmpty = !channel.timeline?.messages.length;
  return isEmpty ? `Nothing was written in #${channel.name} yet. Say something.` : `This is where #${channel.name} begins.`;
}

function typists(channel) {
  const cards = new Map(channel.timeline?.messages.map((message) => [message.author.id, message.author.name]));
  const names = [...channel.typing].map(([id, { username }]) => cards.get(id) ?? username);
  if (names.length === 0) return "";
  if (names.length > 2) return "Several people are typing…";
  return `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing…`;
}

// What can be done with a message

function offer(target) {
  const element = target.closest?.(".message:not(.draft)");
  if (!element || element.contains(tools)) return;
  const message = store.current()?.timeline?.find(element.dataset.id);
  if (!message) return;
  const button = (label, act, kind) => h("button", { type: "button", class: kind, onclick: act }, label);
  tools.replaceChildren(button("Reply", () => composer.answer(message)));
  if (message.author.id === state.me.id) {
    tools.append(button("Edit", () => composer.amend(message)), button("Delete", () => confirm(message), "danger"));
  }
  element.append(tools);
}

function confirm(message) {
  erasing = message;
  ask("erase");
  part("erase-text").textContent = message.content;
}

/** From message to message with the arrow keys. */
function walk(event) {
  const here = event.target.closest("li");
  if (event.key === "Escape") return composer.focus();
  if (event.target !== here) return;
  const all = [...list.querySelectorAll(".message")];
  const place = all.indexOf(here) + { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const next = { Home: all[0], End: all.at(-1) }[event.key] ?? all[place];
  if (!next) return;
  event.preventDefault();
  here.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
