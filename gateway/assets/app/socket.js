// One WebSocket that comes back by itself.

import { Failure, sentence } from "./api.js";

/** The first wait before coming back, and the longest, milliseconds. */
const WAIT = { first: 500, longest: 30_000 };
/** How long an answer, or a sign of life, may take. */
const PATIENCE = 10_000;
/** Close codes after which the token is of no use. */
const OVER = new Set([4001, 4003]);

/**
 * Tells `hears` what happens: `event(frame)`, `state(name)` with `connecting`, `live` or `waiting`, and
 * `over(sentence)` when the login has ended.
 */
export class Link {
  #token;
  #hears;
  #socket = null;
  #waiting = new Map();
  #count = 0;
  #tries = 0;
  #comeback = null;
  #retry = 0;
  #beat = 0;
  #lastHeard = 0;
  #lastWords = "";

  constructor(token, hears) {
    this.#token = token;
    this.#hears = hears;
    this.wake = this.wake.bind(this);
    window.addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.#open();
  }

  /** Sends a command and waits for its answer. */
  command(event, data) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return Promise.reject(Failure.lost());
    const ref = `p${(this.#count += 1)}`;
    this.#socket.send(JSON.stringify({ event, data, ref }));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(ref, Failure.lost()), PATIENCE);
      this.#waiting.set(ref, { resolve, reject, timer });
    });
  }

  /** Does not wait any longer; makes sure of a connection that may have died unnoticed. */
  wake() {
    if (document.visibilityState === "hidden") return;
    if (this.#retry) this.#open();
    else if (this.#beat) this.#check();
  }

  /** Ends it for good. */
  close() {
    window.removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.#forget();
    this.#hears = { event() {}, state() {}, over() {} };
  }

  #open() {
    this.#forget();
    this.#hears.state("connecting");
    const address = new URL("/ws?subscribe=all", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, ["bearer", this.#token]);
    this.#socket = socket;
    // A connection that is never answered would be waited for by the browser for minutes.
    this.#retry = setTimeout(() => this.#lost(), PATIENCE * 2);
    socket.onmessage = (message) => this.#hear(JSON.parse(message.data));
    socket.onclose = (closing) => {
      if (!OVER.has(closing.code)) return this.#lost();
      const words = this.#lastWords || "Your login has ended.";
      this.#forget();
      this.#hears.over(words);
    };
  }

  #hear(frame) {
    this.#lastHeard = performance.now();
    const { event, data, ref } = frame;
    if (ref && event === "ack") return this.#settle(ref, null, data);
    if (event === "error") {
      const failure = new Failure(sentence(data.message), data.code, data.details);
      if (ref) return this.#settle(ref, failure);
      this.#lastWords = failure.message;
      return;
    }
    if (event === "reconnect") {
      // It is about to stop, and wants everybody at another moment.
      this.#comeback = performance.now() + data.delayMs;
      setTimeout(() => this.#comeback !== null && this.#lost(), data.delayMs);
      return;
    }
    if (event === "ready") {
      clearTimeout(this.#retry);
      this.#retry = 0;
      this.#tries = 0;
      this.#beat = setInterval(() => this.#check(), data.heartbeatInterval);
      this.#hears.state("live");
    }
    this.#hears.event(frame);
  }

  /** Asks for a sign of life: a connection can be dead without anybody saying so. */
  async #check() {
    const [socket, asked] = [this.#socket, performance.now()];
    await this.command("ping", {}).catch(() => {});
    if (socket === this.#socket && this.#lastHeard < asked) this.#lost();
  }

  #settle(ref, failure, data) {
    const waiting = this.#waiting.get(ref);
    if (!waiting) return;
    this.#waiting.delete(ref);
    clearTimeout(waiting.timer);
    if (failure) waiting.reject(failure);
    else waiting.resolve(data);
  }

  #lost() {
    const asked = this.#comeback;
    this.#forget();
    // Everybody loses a server at the same moment: a random part of the wait keeps them from coming back at one, too.
    const most = Math.min(WAIT.longest, WAIT.first * 2 ** this.#tries);
    this.#tries += 1;
    const wait = asked === null ? most / 2 + (Math.random() * most) / 2 : Math.max(0, asked - performance.now());
    this.#retry = setTimeout(() => this.#open(), wait);
    this.#hears.state("waiting");
  }

  /** Lets go of the present socket, and of everything that waits for it. */
  #forget() {
    clearTimeout(this.#retry);
    clearInterval(this.#beat);
    this.#retry = this.#beat = 0;
    this.#comeback = null;
    if (this.#socket) {
      this.#socket.onmessage = this.#socket.onclose = null;
      this.#socket.close();
      this.#socket = null;
    }
    for (const ref of [...this.#waiting.keys()]) this.#settle(ref, Failure.lost());
  }
}
