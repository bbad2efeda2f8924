// Everything around the messages: the list of servers, the head of a channel, banners and dialogs.

import * as chat from "./chat.js";
import * as composer from "./composer.js";
import { ask, dialog } from "./dialogs.js";
import { badge, h, keep, part } from "./dom.js";
import * as messages from "./messages.js";
import * as store from "./store.js";
import { state } from "./store.js";

const LAST = "guildhall.channel";
const NOWHERE = "You are in no server yet. Join one with an invite code that somebody gave you, or create one.";
const wide = matchMedia("(min-width: 48rem)");
let telling = 0;

export function start() {
  store.listen(render);
  window.addEventListener("hashchange", route);
  wide.addEventListener("change", route);
  chat.speakTo(notify);
  composer.start();
  messages.start();
  part("leave").addEventListener("click", chat.logOut);
  part("ask-invite").addEventListener("click", () => invite());
  for (const id of ["ask-join", "empty-join"]) on(id, () => ask("join"));
  for (const id of ["ask-create", "empty-create"]) on(id, () => ask("create"));
  dialog("join", async ({ code }) => go((await chat.join(code.trim())).channels[0]?.id));
  dialog("create", async ({ name }) => go((await chat.create(name)).channels[0]?.id));
  dialog("invite", async ({ code }) => {
    await navigator.clipboard.writeText(code);
    notify("The code is copied.");
  });
}

/** A click on something that may not be there yet. */
function on(id, act) {
  document.addEventListener("click", (event) => event.target.closest(`#${id}`) && act());
}

function render() {
  banner();
  part("chat").toggleAttribute("data-ready", state.me !== null);
  if (!state.me) return;
  route();
  const channel = store.current();
  const server = state.servers.find((known) => known.id === channel?.serverId);
  part("chat").dataset.pane = channel ? "room" : "servers";
  servers();
  keep(part("me"), [me()]);
  part("name").textContent = channel ? `# ${channel.name}` : "";
  part("topic").textContent = channel ? about(channel, server) : "";
  part("ask-invite").hidden = !server;
  empty(channel);
  composer.render(channel);
  messages.render(channel);
  title(channel);
}

function about(channel, server) {
  return [server?.name, channel.topic ?? server?.description].filter(Boolean).join(" · ");
}

// Which channel is shown: the address says

function route() {
  if (!state.me) return;
  const wanted = /^#\/c\/([\w-]+)$/.exec(location.hash)?.[1];
  if (state.channels.has(wanted)) {
    if (wanted === state.current) return;
    chat.show(wanted);
    sessionStorage.setItem(LAST, wanted);
    if (wide.matches) composer.focus();
    else part("name").focus();
    return;
  }
  const some = [sessionStorage.getItem(LAST), ...state.servers.flatMap((server) => server.channels)];
  const first = wide.matches && some.find((id) => state.channels.has(id));
  if (first) {
    history.replaceState(null, "", `#/c/${first}`);
    route();
  } else if (state.current) {
    chat.show(null);
  }
}

function go(id) {
  if (id) location.hash = `#/c/${id}`;
}

// The list of servers

function servers() {
  const items = state.servers.map((server) => ({
    key: server.id,
    look: `${server.name} ${server.memberCount}`,
    make: () => h("section", { class: "server", "aria-label": server.name }, head(server), h("ul")),
    update: (element) => element.firstElementChild.replaceWith(head(server)),
  }));
  const nothing = { key: "none", look: "", make: () => h("p", { class: "none" }, NOWHERE) };
  keep(part("servers"), items.length > 0 ? items : [nothing]);
  state.servers.forEach((server, place) => {
    const list = part("servers").children[place].querySelector("ul");
    keep(list, server.channels.map((id) => entry(state.channels.get(id))));
  });
}

function head(server) {
  const members = `${server.memberCount} ${server.memberCount === 1 ? "member" : "members"}`;
  const words = h("div", {}, h("h2", {}, server.name), h("p", {}, members));
  return h("div", { class: "server-head" }, badge(server.id, server.name, "crest"), words);
}

function entry(channel) {
  const count = store.unread(channel);
  const shown = channel.id === state.current;
  const fill = (link) => {
    link.toggleAttribute("data-unread", count > 0);
    if (shown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    const words = count > 0 && h("span", { class: "unread", "aria-label": `${count} unread` }, most(count));
    link.replaceChildren(...[h("span", { class: "hash", "aria-hidden": "true" }, "#"),
      h("span", { class: "label" }, channel.name), words].filter(Boolean));
  };
  return {
    key: channel.id,
    look: `${channel.name} ${count} ${shown}`,
    make() {
      const link = h("a", { href: `#/c/${channel.id}` });
      fill(link);
      return h("li", {}, link);
    },
    update: (element) => fill(element.firstElementChild),
  };
}

const most = (count) => (count > 99 ? "99+" : String(count));

function me() {
  const { id, name, username } = state.me;
  const words = () => h("div", {}, h("strong", {}, name), h("p", {}, `@${username}`));
  return { key: id, look: name, make: () => h("div", { class: "who" }, badge(id, name, "face"), words()) };
}

// What is going on

function banner() {
  const { lost } = state.link;
  const words = () => h("p", {}, "The connection is lost. Trying again… ",
    h("button", { type: "button", class: "quiet", onclick: chat.hurry }, "Try now"));
  keep(part("link"), lost ? [{ key: "lost", look: "", make: words }] : []);
}

function empty(channel) {
  const box = part("empty");
  box.hidden = Boolean(channel);
  part("scroll").hidden = part("foot").hidden = !channel;
  const none = state.servers.length === 0;
  keep(box, [{ key: "words", look: none, make: () => (none ? nowhere() : h("p", {}, "Choose a channel.")) }]);
}

function nowhere() {
  return h("div", {}, h("h2", {}, "A quiet place, so far"), h("p", {}, NOWHERE),
    h("div", { class: "choices" }, h("button", { type: "button", id: "empty-join" }, "Join a server"),
      h("button", { type: "button", id: "empty-create", class: "primary" }, "Create a server")));
}

function title(channel) {
  const count = [...state.channels.values()].reduce((sum, other) => sum + store.unread(other), 0);
  document.title = `${count > 0 ? `(${most(count)}) ` : ""}${channel ? `#${channel.name} – ` : ""}Guildhall`;
}

/** Tells something in passing. */
export function notify(words) {
  const line = part("notice");
  line.textContent = words;
  line.hidden = false;
  clearTimeout(telling);
  telling = setTimeout(() => (line.hidden = true), 6_000);
}

// Inviting

function invite() {
  const server = state.servers.find((known) => known.id === store.current()?.serverId);
  if (!server) return;
  ask("invite");
  part("invite-text").textContent = `Whoever has this code can join ${server.name}. It does not expire.`;
  const input = part("invite").querySelector("input");
  input.value = server.inviteCode;
  input.select();
  // Only there where the page came over TLS, or from this machine.
  part("invite").querySelector(".primary").hidden = !navigator.clipboard;
}
