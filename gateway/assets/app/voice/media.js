// What one sends: a track of the microphone, one of the camera and one of the screen, each if it is there.

import * as devices from "./devices.js";
import * as lanes from "./lanes.js";

export class Media {
  #tracks = new Map();
  #streams = new Map();
  #hears;

  /** Tells `hears.changed(lane, track)`, with `null` for none, and `hears.ended(lane)` when a device went away by itself. */
  constructor(hears) {
    this.#hears = hears;
  }

  /** The track that is sent. */
  track(lane) {
    return this.#tracks.get(lane) ?? null;
  }

  /** The same for an element that shows it. */
  stream(lane) {
    return this.#streams.get(lane) ?? null;
  }

  /** Takes a device, unless it has it; whether it has it now. Throws an `Error` whose message says what to do. */
  async open(lane) {
    if (this.#tracks.has(lane)) return true;
    const track = await devices.open(lane);
    if (!track) return false;
    if (this.#tracks.has(lane)) track.stop();
    else this.#take(lane, track);
    return true;
  }

  /** Gives a device back. */
  close(lane) {
    const track = this.#tracks.get(lane);
    if (!track) return;
    track.stop();
    this.#tracks.delete(lane);
    this.#streams.delete(lane);
    this.#hears.changed(lane, null);
  }

  closeAll() {
    lanes.ALL.forEach((lane) => this.close(lane));
  }

  #take(lane, track) {
    track.addEventListener("ended", () => {
      this.close(lane);
      this.#hears.ended(lane);
    });
    this.#tracks.set(lane, track);
    this.#streams.set(lane, new MediaStream([track]));
    this.#hears.changed(lane, track);
  }
}
