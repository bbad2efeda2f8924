// What is shown: the list of servers beside a channel, which one of them, its head, banners and dialogs.

import { hurry, logOut } from "./client.js";
import * as composer from "./composer.js";
import "./conversations.js";
import { ask, dialog } from "./dialogs.js";
import { h, keep, part } from "./dom.js";
import * as messages from "./messages.js";
import { notify } from "./notice.js";
import * as reading from "./reading.js";
import * as servers from "./servers.js";
import * as sidebar from "./sidebar.js";
import * as store from "./store.js";
import { state } from "./store.js";
import * as voice from "./voice/view.js";

const LAST = "guildhall.channel";
const wide = matchMedia("(min-width: 48rem)");

export function start() {
  store.listen(render);
  window.addEventListener("hashchange", route);
  wide.addEventListener("change", route);
  composer.start();
  messages.start();
  voice.start();
  part("leave").addEventListener("click", logOut);
  part("ask-invite").addEventListener("click", () => invite());
  for (const id of ["ask-join", "empty-join"]) on(id, () => ask("join"));
  for (const id of ["ask-create", "empty-create"]) on(id, () => ask("create"));
  dialog("join", async ({ code }) => go(entrance(await servers.join(code.trim()))));
  dialog("create", async ({ name }) => go(entrance(await servers.create(name))));
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
  const server = store.serverOf(channel);
  part("chat").dataset.pane = channel ? "room" : "servers";
  sidebar.render();
  part("name").textContent = titleOf(channel);
  part("topic").textContent = channel ? about(channel, server) : "";
  part("ask-invite").hidden = !server;
  empty(channel);
  fill(channel);
  title(channel);
}

/** Shows what a channel is for: what was written, or who speaks. */
function fill(channel) {
  const written = store.isWritten(channel) ? channel : undefined;
  part("scroll").hidden = part("foot").hidden = !written;
  composer.render(written);
  messages.render(written);
  voice.render(channel && !written ? channel : undefined);
}

function titleOf(channel) {
  if (!channel) return "";
  return store.isWritten(channel) ? `# ${channel.name}` : channel.name;
}

/** Where one begins in a server. */
const entrance = (server) => (server.channels.find(store.isWritten) ?? server.channels[0])?.id;

function about(channel, server) {
  if (store.isDirect(channel)) return "Calls. This page does not show direct messages.";
  return [server?.name, channel.topic ?? server?.description].filter(Boolean).join(" · ");
}

// Which channel is shown: the address says

function route() {
  if (!state.me) return;
  const wanted = /^#\/c\/([\w-]+)$/.exec(location.hash)?.[1];
  if (state.channels.has(wanted)) {
    if (wanted === state.current) return;
    reading.show(wanted);
    sessionStorage.setItem(LAST, wanted);
    fill(store.current());
    if (wide.matches && store.isWritten(store.current())) composer.focus();
    else part("name").focus();
    return;
  }
  const all = state.servers.flatMap((server) => server.channels);
  const some = [sessionStorage.getItem(LAST), ...all.filter((id) => store.isWritten(state.channels.get(id))), ...all];
  const first = wide.matches && some.find((id) => state.channels.has(id));
  if (first) {
    history.replaceState(null, "", `#/c/${first}`);
    route();
  } else if (state.current) {
    reading.show(null);
  }
}

function go(id) {
  if (id) location.hash = `#/c/${id}`;
}

// What is going on

function banner() {
  const { lost } = state.link;
  const words = () => h("p", {}, "The connection is lost. Trying again… ",
    h("button", { type: "button", class: "quiet", onclick: hurry }, "Try now"));
  keep(part("link"), lost ? [{ key: "lost", look: "", make: words }] : []);
}

function empty(channel) {
  const box = part("empty");
  box.hidden = Boolean(channel);
  const none = state.servers.length === 0;
  keep(box, [{ key: "words", look: none, make: () => (none ? nowhere() : h("p", {}, "Choose a channel.")) }]);
}

function nowhere() {
  return h("div", {}, h("h2", {}, "A quiet place, so far"), h("p", {}, sidebar.NOWHERE),
    h("div", { class: "choices" }, h("button", { type: "button", id: "empty-join" }, "Join a server"),
      h("button", { type: "button", id: "empty-create", class: "primary" }, "Create a server")));
}

function title(channel) {
  const count = [...state.channels.values()].reduce((sum, other) => sum + store.unread(other), 0);
  document.title = `${count > 0 ? `(${sidebar.most(count)}) ` : ""}${channel ? `${titleOf(channel).replace("# ", "#")} – ` : ""}Guildhall`;
}

// Inviting

function invite() {
  const server = store.serverOf(store.current());
  if (!server) return;
  ask("invite");
  part("invite-text").textContent = `Whoever has this code can join ${server.name}. It does not expire.`;
  const input = part("invite").querySelector("input");
  input.value = server.inviteCode;
  input.select();
  // Only there where the page came over TLS, or from this machine.
  part("invite").querySelector(".primary").hidden = !navigator.clipboard;
}
