// What the page knows of the one voice channel or call that one is in. Others are in `roster.js`.

import * as store from "../store.js";
import { state } from "../store.js";
import * as roster from "./roster.js";

export const voice = {
  /** `out`, `joining`, `in`, `moving` (a moderator does it), or `returning`, while the connection to the server is lost. */
  status: "out",
  /** Where one is, or was: a place of `places.js`. */
  place: null,
  /** A `VoiceSession`, while there is one. */
  session: null,
  /** One sends no sound; one plays none. */
  muted: false,
  deafened: false,
  /** What is wrong, and what to do. */
  fault: "",
};

/** How one is there, as the server says. */
export const own = () => roster.people(voice.place?.id).get(state.me?.id);

/** Whether one is in a place, or about to be. */
export const isIn = (id) => voice.status !== "out" && voice.place?.id === id;

/** Says that something changed, and what is wrong, if anything is. */
export function tell(fault = "") {
  voice.fault = fault;
  store.changed();
}
