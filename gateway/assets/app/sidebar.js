// The list of servers with their channels, and who is in the voice channels.

import { badge, h, icon, keep, part } from "./dom.js";
import * as store from "./store.js";
import { state } from "./store.js";
import { occupants } from "./voice/occupants.js";

export const NOWHERE = "You are in no server yet. Join one with an invite code that somebody gave you, or create one.";

export function render() {
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
  const talks = [...state.channels.values()].filter(store.isDirect);
  part("conversations").hidden = talks.length === 0;
  keep(part("conversation-list"), talks.map(entry));
  keep(part("me"), [me()]);
}

/** As many as there are, up to what fits. */
export const most = (count) => (count > 99 ? "99+" : String(count));

function head(server) {
  const members = `${server.memberCount} ${server.memberCount === 1 ? "member" : "members"}`;
  const words = h("div", {}, h("h2", {}, server.name), h("p", {}, members));
  return h("div", { class: "server-head" }, badge(server.id, server.name, "crest"), words);
}

function entry(channel) {
  const count = store.unread(channel);
  const shown = channel.id === state.current;
  const people = store.isVoice(channel) || store.isDirect(channel) ? occupants(channel) : null;
  const fill = (item) => {
    const link = item.firstElementChild;
    link.toggleAttribute("data-unread", count > 0);
    if (shown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    const words = count > 0 && h("span", { class: "unread", "aria-label": `${count} unread` }, most(count));
    link.replaceChildren(...[sign(channel), h("span", { class: "label" }, channel.name), words, people?.count()].filter(Boolean));
    link.nextElementSibling?.remove();
    if (people?.any) item.append(people.list());
  };
  return {
    key: channel.id,
    look: `${channel.name} ${count} ${shown} ${people?.look}`,
    make() {
      const item = h("li", {}, h("a", { href: `#/c/${channel.id}` }));
      fill(item);
      return item;
    },
    update: fill,
  };
}

/** What stands before a channel's name. */
function sign(channel) {
  if (store.isDirect(channel)) return h("span", { class: "hash", "aria-hidden": "true" }, "@");
  if (!store.isVoice(channel)) return h("span", { class: "hash", "aria-hidden": "true" }, "#");
  return h("span", { class: "hash" }, icon("speaker"), h("span", { class: "unseen" }, "Voice channel"));
}

function me() {
  const { id, name, username } = state.me;
  const words = () => h("div", {}, h("strong", {}, name), h("p", {}, `@${username}`));
  return { key: id, look: name, make: () => h("div", { class: "who" }, badge(id, name, "face"), words()) };
}
