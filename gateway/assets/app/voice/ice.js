// The STUN and TURN servers by which browsers find a way to each other, with credentials that last for a while.

import { ask } from "../client.js";

/** Credentials that end sooner than this are asked for anew, milliseconds. */
const MARGIN = 10 * 60_000;
let known = { iceServers: [], expiresAt: null };

/** The servers, as an `RTCPeerConnection` takes them. Without an answer those that were known: there may be a way without any. */
export async function iceServers() {
  const isFresh = known.expiresAt && Date.parse(known.expiresAt) - Date.now() > MARGIN;
  if (!isFresh) known = await ask("GET", "/api/voice/ice-servers").catch(() => known);
  return known.iceServers;
}

/** Whether there is a server that relays, for those who have no direct way to each other. */
export const hasRelay = () => known.iceServers.some((server) => [server.urls].flat().some((url) => url.startsWith("turn")));
