// A line that tells something in passing.

import { part } from "./dom.js";

/** How long it stands there, milliseconds. */
const SHOWN = 6_000;
let telling = 0;

/** Tells something in passing. */
export function notify(words) {
  const line = part("notice");
  line.textContent = words;
  line.hidden = false;
  clearTimeout(telling);
  telling = setTimeout(() => (line.hidden = true), SHOWN);
}
