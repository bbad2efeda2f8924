// Microphone, camera and screen, and what to do when the browser does not hand them out.

/** What is asked for. In a mesh one sends to everybody: a picture has to be small. */
const WANTED = {
  mic: { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } },
  camera: { video: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24, max: 30 } } },
  screen: { video: { frameRate: { ideal: 10, max: 15 } } },
};
const NAMES = { mic: "microphone", camera: "camera", screen: "screen" };
const THEN = { mic: "then unmute", camera: "then turn the camera on", screen: "then share it again" };

/** The track of a device; `null` when the person changed their mind. Throws an `Error` whose message says what to do. */
export async function open(lane) {
  const devices = navigator.mediaDevices;
  if (!devices?.getUserMedia) throw new Error(unsafe(lane));
  if (lane === "screen" && !devices.getDisplayMedia) throw new Error("This browser cannot share a screen. Use one on a computer.");
  try {
    const stream = await (lane === "screen" ? devices.getDisplayMedia(WANTED.screen) : devices.getUserMedia(WANTED[lane]));
    return stream.getTracks()[0];
  } catch (error) {
    if (lane === "screen" && error.name === "NotAllowedError") return null;
    throw new Error(advice(lane, error.name));
  }
}

function unsafe(lane) {
  return `Browsers hand out the ${NAMES[lane]} only to pages that came encrypted. Open this page over HTTPS, ${THEN[lane]}.`;
}

function advice(lane, name) {
  const device = NAMES[lane];
  switch (name) {
    case "NotAllowedError":
      return `This page may not use the ${device}. Allow it beside the page's address, ${THEN[lane]}.`;
    case "NotFoundError":
    case "OverconstrainedError":
      return `No ${device} was found. Connect one, ${THEN[lane]}.`;
    case "NotReadableError":
    case "AbortError":
      return `The ${device} does not answer; perhaps another program uses it. Close that one, ${THEN[lane]}.`;
    default:
      return `The ${device} cannot be used (${name}). Look at the browser's settings, ${THEN[lane]}.`;
  }
}
