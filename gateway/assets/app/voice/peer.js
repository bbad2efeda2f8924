// One other in a session: an RTCPeerConnection, kept alive.
//
// Of two peers one is polite: the one with the smaller user id. The impolite one makes the first offer, so there is one
// plan of what is sent: sound, camera, screen, each in both directions from the start. What is switched on and off later
// needs no negotiation. When both offer at once, the polite one gives way ("perfect negotiation", W3C WebRTC 1.0, section
// 10.7).
//
// Signals may be lost with a connection to the server, and the other may come back as a new RTCPeerConnection. So whoever
// misses something begins again: the impolite one by an offer, the polite one by asking for it.

import { LANES } from "./media.js";

/** How long a connection may take, how long it may be lost, and how soon it begins again when it failed, milliseconds. */
const PATIENCE = { connect: 10_000, lost: 3_000, failed: 500 };
/** Which transceiver a lane is: the first or second of its kind. */
const PLACES = { mic: ["audio", 0], camera: ["video", 0], screen: ["video", 1] };
/** The most that is sent to one peer, bits a second: everybody sends to everybody else. */
const MOST = { mic: 48_000, camera: 600_000, screen: 1_200_000 };
/** After so many tries in vain it begins with a new RTCPeerConnection. */
const TRIES = 2;

export class Peer {
  /** `connecting`, `connected` or `lost`. */
  state = "connecting";
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
    const track = this.#transceiver(lane)?.receiver.track;
    if (!track) return null;
    if (this.#streams.get(lane)?.getTracks()[0] !== track) this.#streams.set(lane, new MediaStream([track]));
    return this.#streams.get(lane);
  }

  /** How loud the other is: 0 to 1. */
  get level() {
    const sources = this.#transceiver("mic")?.receiver.getSynchronizationSources() ?? [];
    return Math.max(0, ...sources.map((source) => source.audioLevel ?? 0));
  }

  /** Something else is sent on a lane from now on. */
  send(lane) {
    const transceiver = this.#transceiver(lane);
    const track = this.#media.track(lane);
    if (transceiver) this.#feed(transceiver, lane);
    // The other's plan has no such lane.
    else if (track && this.#origin) this.#add(lane);
  }

  /** Takes a signal of the other. */
  async receive({ type, sdp, candidate }) {
    const connection = this.#connection;
    try {
      if (type === "offer") await this.#takeOffer(sdp);
      else if (type === "answer") await this.#takeAnswer(sdp);
      else if (type === "candidate") await connection.addIceCandidate(candidate);
      else if (type === "renegotiate") await this.#beginAgain();
    } catch (error) {
      // Of an offer that was ignored, or of a connection that is no more.
      const isStale = connection !== this.#connection || connection.signalingState === "closed";
      if (isStale || (type === "candidate" && (this.#ignoresOffer || !connection.remoteDescription))) return;
      console.warn(`voice: a signal could not be used (${type})`, error);
    }
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

  /** Says what is sent and received. An offer follows. */
  #plan() {
    LANES.forEach((lane) => this.#add(lane));
  }

  #add(lane) {
    this.#feed(this.#connection.addTransceiver(PLACES[lane][0], { direction: "sendrecv" }), lane);
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
    for (const lane of LANES) this.#answerOn(lane);
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
    if (this.#tired) return this.#reopen();
    const iceServers = await this.#servers();
    if (connection !== this.#connection || connection.signalingState === "closed") return;
    connection.setConfiguration({ ...connection.getConfiguration(), iceServers });
    // An offer without an answer may have been lost.
    if (connection.signalingState === "have-local-offer") this.#describe();
    else if (connection.getTransceivers().length === 0) this.#plan();
    else connection.restartIce();
  }

  get #tired() {
    return this.state !== "connected" && this.tries >= TRIES;
  }

  /** The same with a new RTCPeerConnection, which the other takes for somebody who came back. */
  #reopen() {
    this.#open(this.#connection.getConfiguration());
    this.#plan();
  }

  // What is sent and received

  #transceiver(lane) {
    const [kind, place] = PLACES[lane];
    return this.#connection.getTransceivers().filter((each) => each.receiver.track.kind === kind)[place];
  }

  #answerOn(lane) {
    const transceiver = this.#transceiver(lane);
    if (!transceiver || transceiver.direction === "stopped") return;
    transceiver.direction = "sendrecv";
    this.#feed(transceiver, lane);
  }

  #feed({ sender }, lane) {
    const track = this.#media.track(lane);
    if (sender.track !== track) sender.replaceTrack(track).catch(() => {});
    const parameters = sender.getParameters();
    if (!parameters.encodings?.length || parameters.encodings[0].maxBitrate === MOST[lane]) return;
    parameters.encodings[0].maxBitrate = MOST[lane];
    // What the browser does not limit goes without a limit.
    sender.setParameters(parameters).catch(() => {});
  }

  // Staying connected

  #watch() {
    clearTimeout(this.#timer);
    const now = this.#connection.connectionState;
    if (now === "closed") return;
    if (now === "connected") this.tries = 0;
    else this.#timer = setTimeout(() => this.#lose(), PATIENCE[{ disconnected: "lost", failed: "failed" }[now] ?? "connect"]);
    this.state = { connected: "connected", disconnected: "lost", failed: "lost" }[now] ?? "connecting";
    this.#hears.changed();
  }

  /** It took too long. */
  #lose() {
    this.tries += 1;
    this.state = "lost";
    this.renew();
    this.#timer = setTimeout(() => this.#lose(), PATIENCE.connect);
    this.#hears.changed();
  }
}

/** What names an RTCPeerConnection in its descriptions: the session id of the `o=` line (RFC 8866, 5.2). */
function origin(sdp) {
  return /^o=\S+ (\S+)/m.exec(sdp)?.[1] ?? null;
}
