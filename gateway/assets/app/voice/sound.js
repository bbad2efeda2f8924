// The sound of the others, played by elements that nobody sees.

import { h, keep, part } from "../dom.js";
import * as roster from "./roster.js";
import { own, tell, voice } from "./state.js";

export function render() {
  const people = roster.people(voice.place?.id);
  const isDeaf = voice.deafened || Boolean(own()?.serverDeafened);
  const items = [...(voice.session?.peers ?? [])].map(([id, peer]) => {
    const stream = peer.stream("mic");
    // The server has no sound to keep back: who is silenced is not played.
    const muted = isDeaf || roster.isSilenced(people.get(id)) || Boolean(people.get(id)?.muted);
    const fill = (element) => {
      element.muted = muted;
      if (element.srcObject === stream) return;
      element.srcObject = stream;
      if (stream) play(element);
    };
    const make = () => {
      const element = h("audio", { "data-user": id });
      fill(element);
      return element;
    };
    return { key: id, look: `${stream?.id} ${muted}`, make, update: fill };
  });
  keep(part("voice-sounds"), items);
}

/** Browsers may want a click before they play anything. */
async function play(element) {
  try {
    await element.play();
  } catch (error) {
    if (error.name !== "NotAllowedError") return;
    tell("The browser keeps the sound back until you click on the page.");
    document.addEventListener("click", () => element.play().then(() => tell(), () => {}), { once: true });
  }
}
