// Being in a session: a peer for everybody else who is in it.

import { iceServers } from "./ice.js";
import { Peer } from "./peer.js";
import { Signals } from "./signals.js";

export class VoiceSession {
  /** By user id. */
  peers = new Map();

  #me;
  #media;
  #servers;
  #hears;
  #signals = new Map();

  /**
   * `me` is one's own user id, `media` what one sends, `servers` the STUN and TURN servers. Tells `hears.changed()`
   * when a peer looks different, and `hears.refused(failure)` when a signal was not handed on.
   */
  constructor({ id, me, media, servers, hears }) {
    this.id = id;
    this.#me = me;
    this.#media = media;
    this.#servers = servers;
    this.#hears = hears;
  }

  /** Everybody who is there, by id: new ones get a peer, and those who were there before begin again. */
  meet(ids) {
    const others = new Set(ids.filter((id) => id !== this.#me));
    for (const id of [...this.peers.keys()]) if (!others.has(id)) this.left(id);
    for (const id of others) {
      if (this.peers.has(id)) this.peers.get(id).renew();
      else this.joined(id);
    }
  }

  /** Somebody came. */
  joined(id) {
    if (id === this.#me || this.peers.has(id)) return;
    const signals = new Signals(this.id, id, (failure) => this.#refused(id, failure));
    this.#signals.set(id, signals);
    const peer = new Peer({
      isPolite: this.#me < id,
      iceServers: this.#servers,
      servers: iceServers,
      media: this.#media,
      hears: { signal: (signal) => signals.send(signal), changed: this.#hears.changed },
    });
    this.peers.set(id, peer);
  }

  /** Somebody went. */
  left(id) {
    this.#signals.get(id)?.close();
    this.peers.get(id)?.close();
    this.#signals.delete(id);
    this.peers.delete(id);
  }

  /** A signal of somebody. It may come before one hears that they came. */
  receive(id, signal) {
    this.joined(id);
    this.peers.get(id)?.receive(signal);
  }

  /** Something else is sent on a lane. */
  send(lane) {
    for (const peer of this.peers.values()) peer.send(lane);
  }

  /** A signal to somebody was not handed on. */
  #refused(id, failure) {
    // They have left: a signal of theirs was late.
    if (failure.code === "RESOURCE_NOT_FOUND") this.left(id);
    this.#hears.refused(failure);
    this.#hears.changed();
  }

  close() {
    for (const id of [...this.peers.keys()]) this.left(id);
  }
}
