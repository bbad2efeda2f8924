// What goes between two peers: one transceiver each for the microphone, the camera and the screen, in this order.

export const ALL = ["mic", "camera", "screen"];

/** Which transceiver a lane is: the first or second of its kind. */
const PLACES = { mic: ["audio", 0], camera: ["video", 0], screen: ["video", 1] };
/** The most that is sent to one peer, bits a second: everybody sends to everybody else. */
const MOST = { mic: 48_000, camera: 600_000, screen: 1_200_000 };

/** The transceiver of a lane; `undefined` while there is none. */
export function transceiver(connection, lane) {
  const [kind, place] = PLACES[lane];
  return connection.getTransceivers().filter((each) => each.receiver.track.kind === kind)[place];
}

/** Adds a lane, in both directions whether or not there is a track: the browser will want to negotiate. */
export function add(connection, lane, track) {
  connection.addTransceiver(PLACES[lane][0], { direction: "sendrecv" });
  feed(connection, lane, track);
}

/** Uses a lane that the other has offered. */
export function answer(connection, lane, track) {
  const offered = transceiver(connection, lane);
  if (!offered || offered.direction === "stopped") return;
  offered.direction = "sendrecv";
  feed(connection, lane, track);
}

/** Sends a track on a lane, or nothing. That needs no negotiation. */
export function feed(connection, lane, track) {
  const { sender } = transceiver(connection, lane);
  if (sender.track !== track) sender.replaceTrack(track).catch(() => {});
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length || parameters.encodings[0].maxBitrate === MOST[lane]) return;
  parameters.encodings[0].maxBitrate = MOST[lane];
  // What the browser does not limit goes without a limit.
  sender.setParameters(parameters).catch(() => {});
}
