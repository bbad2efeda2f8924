// Who is in a voice channel, in the list of channels and on its page.

import { badge, h, icon } from "../dom.js";
import * as roster from "./roster.js";

/** How many there are, how many there may be, and who, for the list of channels. */
export function occupants({ id, userLimit }) {
  const people = [...roster.people(id)];
  const look = JSON.stringify([userLimit, people.map(([user, state]) => [user, roster.card(user).name, state])]);
  const words = userLimit ? `${people.length} of ${userLimit} people` : `${people.length} ${people.length === 1 ? "person" : "people"}`;
  const figures = userLimit ? `${people.length}/${userLimit}` : String(people.length);
  return {
    look,
    any: people.length > 0,
    count: () => (people.length > 0 || userLimit) && h("span", { class: "crowd" },
      h("span", { "aria-hidden": "true" }, figures), h("span", { class: "unseen" }, words)),
    list: () => h("ul", { class: "occupants", "aria-label": "In this channel" }, ...people.map(([user, state]) => occupant(user, state))),
  };
}

function occupant(id, state) {
  return h("li", { "data-speaker": id }, portrait(roster.card(id)), h("span", { class: "label" }, roster.card(id).name), marks(state));
}

/** How somebody is there: a sign for each, with a word. */
export function marks(state) {
  const sound = state.serverDeafened || state.deafened ? "deaf" : roster.isSilenced(state) || state.muted ? "mute" : null;
  const words = {
    deaf: state.serverDeafened ? "Deafened by a moderator" : "Deafened",
    mute: state.serverMuted ? "Muted by a moderator" : state.suppressed ? "May not speak here" : "Muted",
  };
  const isForced = state.serverDeafened || roster.isSilenced(state);
  return h("span", { class: "marks" },
    state.screen && mark("screen", "Shares the screen"),
    state.video && mark("camera", "Camera on"),
    sound && mark(sound === "deaf" ? "deaf" : "muted", words[sound], isForced));
}

function mark(name, words, isForced) {
  return h("span", { class: isForced ? "mark forced" : "mark", "data-mark": name, title: words }, icon(name), h("span", { class: "unseen" }, words));
}

/** The picture of somebody, or the letters of their name. Pictures from elsewhere are not loaded. */
export function portrait({ id, name, avatar }) {
  const face = badge(id, name, "face");
  const url = avatar && new URL(avatar, location.href);
  if (url && url.origin === location.origin) face.append(h("img", { src: url.href, alt: "" }));
  return face;
}
