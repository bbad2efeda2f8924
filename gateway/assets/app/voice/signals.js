// The way of signals to one peer: through the server, one behind the other, so that they arrive in their order.

import { command } from "../client.js";

export class Signals {
  #address;
  #refused;
  #queue = [];
  #isSending = false;

  /** To somebody in a session. `refused(failure)` is called when the server will not hand on what is sent. */
  constructor(sessionId, targetUserId, refused) {
    this.#address = { sessionId, targetUserId };
    this.#refused = refused;
  }

  /** Sends a signal behind those that wait. */
  async send(signalData) {
    this.#queue.push(signalData);
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#queue.length > 0) await this.#sendFirst();
    this.#isSending = false;
  }

  /** Sends no more. */
  close() {
    this.#queue = [];
    this.#refused = () => {};
  }

  async #sendFirst() {
    const first = this.#queue[0];
    try {
      await command("webrtc-signal", { ...this.#address, signalData: first });
      if (this.#queue[0] === first) this.#queue.shift();
    } catch (failure) {
      // Too many of them, or the server is in trouble: the same again, so that the order stays.
      if (failure.passes && failure.code !== "LOST") return void (await pause(failure.details.retryAfter ?? 1));
      // Without a connection nothing helps: peers begin again when it is back, or when they miss an answer.
      this.#queue = [];
      this.#refused(failure);
    }
  }
}

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1_000));
