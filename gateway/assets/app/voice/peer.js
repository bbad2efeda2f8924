// One other in a session: an RTCPeerConnection, kept alive.
//
// Of two peers one is polite: the one with the smaller user id. The impolite one makes the first offer, so there is one
// plan of what is sent: sound, camera, screen, each in both directions from the start. What is switched on and off later
// needs no negotiation. When both offer at once, the polite one gives way ("perfect negotiation", W3C WebRTC 1.0, section
// 10.7).
//
// Signals may be lost with a connection to the server, and the other may come back as a new RTCPeerConnection. So whoever
// misses something begins again: the impolite one by an offer, the polite one by asking for it.

import * as lanes from "./lanes.js";

/** How long a connection may take, how long it may be lost, and how soon it begins again when it failed, milliseconds. */
const PATIENCE = { connect: 10_000, lost: 3_000, failed: 500 };
/** After so many tries in vain it begins with a new RTCPeerConnection. */
const TRIES = 2;

export class Peer {
  /** `connecting`, `connected` or `lost`. */
  state = "connecting";
  /** Whether there was a way to the other before. */
  wasConnected = false;
  /** How often it was tried in vain to connect. */
  tries = 0;

  #isPolite;
  #servers;
  #media;
  #hears;
  #connection = null;
  #isOffering = false;
  #isTakingAnswer = false;
  #ignoresOffer = false;
  /** The other's RTCPeerConnection, as its descriptions name it. */
  #origin = null;
  #streams = new Map();
  /** Signals are taken one behind the other. */
  #taking = Promise.resolve();
  #timer = 0;

  /**
   * `servers()` gives STUN and TURN servers, `media` what is sent. Tells `hears.signal(signal)` what the other is to
   * get, and `hears.changed()` when it looks different.
   */
  constructor({ isPolite, iceServers, servers, media, hears }) {
    this.#isPolite = isPolite;
    this.#servers = servers;
    this.#media = media;
    this.#hears = hears;
    this.#open({ iceServers });
    if (!isPolite) this.#plan();
  }

  /** What the other sends on a lane, for an element that plays it; `null` before that is known. */
  stream(lane) {
    const track = lanes.transceiver(this.#connection, lane)?.receiver.track;
    if (!track) return null;
    if (this.#streams.get(lane)?.getTracks()[0] !== track) this.#streams.set(lane, new MediaStream([track]));
    return this.#streams.get(lane);
  }

  /** How loud the other is: 0 to 1. */
  get level() {
    const sources = lanes.transceiver(this.#connection, "mic")?.receiver.getSynchronizationSources() ?? [];
    return Math.max(0, ...sources.map((source) => source.audioLevel ?? 0));
  }

  /** Something else is sent on a lane from now on. */
  send(lane) {
    const track = this.#media.track(lane);
    if (lanes.transceiver(this.#connection, lane)) lanes.feed(this.#connection, lane, track);
    // The other's plan has no such lane.
    else if (track && this.#origin) lanes.add(this.#connection, lane, track);
  }

  /** Takes a signal of the other. */
  receive(signal) {
    this.#taking = this.#taking.then(() => this.#take(signal));
  }

  /** Begins again, because signals or media were lost. */
  renew() {
    if (this.#isPolite) this.#hears.signal({ type: "renegotiate" });
    else this.#beginAgain();
  }

  close() {
    clearTimeout(this.#timer);
    this.#connection.close();
  }

  #open(configuration) {
    const connection = new RTCPeerConnection({ ...configuration, bundlePolicy: "max-bundle" });
    this.#connection?.close();
    this.#connection = connection;
    this.#origin = null;
    this.#isOffering = this.#isTakingAnswer = this.#ignoresOffer = false;
    connection.onnegotiationneeded = () => this.#offer();
    connection.onicecandidate = ({ candidate }) => candidate && this.#hears.signal({ type: "candidate", candidate: candidate.toJSON() });
    connection.onconnectionstatechange = () => this.#watch();
    connection.ontrack = () => this.#hears.changed();
    this.#watch();
  }

  // Negotiating

  async #take({ type, sdp, candidate }) {
    const connection = this.#connection;
    if (connection.signalingState === "closed") return;
    try {
      if (type === "offer") await this.#takeOffer(sdp);
      else if (type === "answer") await this.#takeAnswer(sdp);
      else if (type === "candidate") await connection.addIceCandidate(candidate);
      else if (type === "renegotiate") this.#beginAgain();
    } catch (error) {
      // Of an offer that was ignored, or of a connection that is no more.
      const isStale = connection !== this.#connection || connection.signalingState === "closed";
      if (isStale || (type === "candidate" && (this.#ignoresOffer || !connection.remoteDescription))) return;
      console.warn(`voice: a signal could not be used (${type})`, error);
    }
  }

  /** Says what is sent and received. An offer follows. */
  #plan() {
    for (const lane of lanes.ALL) lanes.add(this.#connection, lane, this.#media.track(lane));
  }

  async #offer() {
    const connection = this.#connection;
    try {
      this.#isOffering = true;
      await connection.setLocalDescription();
      this.#describe();
    } catch (error) {
      if (connection === this.#connection) console.warn("voice: no offer could be made", error);
    } finally {
      if (connection === this.#connection) this.#isOffering = false;
    }
  }

  #describe() {
    const description = this.#connection.localDescription;
    if (description) this.#hears.signal({ type: description.type, sdp: description.sdp });
  }

  async #takeOffer(sdp) {
    if (this.#isAnother(sdp)) this.#open(this.#connection.getConfiguration());
    const connection = this.#connection;
    const isReady = connection.signalingState === "stable" || this.#isTakingAnswer;
    const collides = this.#isOffering || !isReady;
    this.#ignoresOffer = !this.#isPolite && collides;
    if (this.#ignoresOffer) return;
    this.#origin = origin(sdp);
    await connection.setRemoteDescription({ type: "offer", sdp });
    for (const lane of lanes.ALL) lanes.answer(connection, lane, this.#media.track(lane));
    await connection.setLocalDescription();
    this.#describe();
    this.#hears.changed();
  }

  async #takeAnswer(sdp) {
    // Another connection than the one that was asked: it knows nothing of what was agreed.
    if (this.#isAnother(sdp)) return this.#reopen();
    // The second answer to an offer that was sent twice.
    if (this.#connection.signalingState !== "have-local-offer") return;
    this.#origin = origin(sdp);
    this.#isTakingAnswer = true;
    await this.#connection.setRemoteDescription({ type: "answer", sdp }).finally(() => (this.#isTakingAnswer = false));
    this.#hears.changed();
  }

  #isAnother(sdp) {
    return this.#origin !== null && this.#origin !== origin(sdp);
  }

  async #beginAgain() {
    const connection = this.#connection;
    const iceServers = await this.#servers();
    if (connection !== this.#connection || connection.signalingState === "closed") return;
    connection.setConfiguration({ ...connection.getConfiguration(), iceServers });
    if (this.#isTired) return this.#reopen();
    // An offer without an answer may have been lost.
    if (connection.signalingState === "have-local-offer") this.#describe();
    else if (connection.getTransceivers().length === 0) this.#plan();
    else connection.restartIce();
  }

  get #isTired() {
    return this.state !== "connected" && this.tries >= TRIES;
  }

  /** The same with a new RTCPeerConnection, which the other takes for somebody who came back. */
  #reopen() {
    this.#open(this.#connection.getConfiguration());
    this.#plan();
  }

  // Staying connected

  #watch() {
    clearTimeout(this.#timer);
    const now = this.#connection.connectionState;
    if (now === "closed") return;
    if (now === "connected") Object.assign(this, { tries: 0, wasConnected: true });
    else this.#timer = setTimeout(() => this.#lose(), PATIENCE[{ disconnected: "lost", failed: "failed" }[now] ?? "connect"]);
    this.state = { connected: "connected", disconnected: "lost", failed: "lost" }[now] ?? "connecting";
    this.#hears.changed();
  }

  /** It took too long. */
  #lose() {
    this.tries += 1;
    this.state = "lost";
    this.#timer = setTimeout(() => this.#lose(), PATIENCE.connect);
    this.renew();
    this.#hears.changed();
  }
}

/** What names an RTCPeerConnection in its descriptions: the session id of the `o=` line (RFC 8866, 5.2). */
function origin(sdp) {
  return /^o=\S+ (\S+)/m.exec(sdp)?.[1] ?? null;
}
