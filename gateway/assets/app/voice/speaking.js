// Who speaks just now: marks `data-speaking` on every element of theirs.

import { state } from "../store.js";
import { media } from "./controls.js";
import { voice } from "./state.js";

/** How often it is looked at, how long somebody counts as speaking after that, milliseconds; and how loud speech is. */
const [ROUND, HELD, LOUD] = [150, 400, 0.02];

/** When each was heard last. */
const heard = new Map();
let timer = 0;
let meter = null;

/** Looks, for as long as one is in a channel. */
export function render() {
  if (voice.session && !timer) timer = setInterval(look, ROUND);
  if (!voice.session && timer) stop();
}

function stop() {
  clearInterval(timer);
  timer = 0;
  heard.clear();
  meter?.close();
  meter = null;
  mark();
}

function look() {
  const now = performance.now();
  if (ownLevel() > LOUD) heard.set(state.me?.id, now);
  for (const [id, peer] of voice.session?.peers ?? []) if (peer.level > LOUD) heard.set(id, now);
  for (const [id, at] of heard) if (now - at > HELD) heard.delete(id);
  mark();
}

function mark() {
  for (const element of document.querySelectorAll("[data-speaker]")) {
    element.toggleAttribute("data-speaking", heard.has(element.dataset.speaker));
  }
}

/** How loud one is oneself, as far as it is sent. */
function ownLevel() {
  const track = media.track("mic");
  if (meter?.track !== track) {
    meter?.close();
    meter = track && listen(track);
  }
  return track?.enabled ? meter.level() : 0;
}

function listen(track) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    track,
    level() {
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    },
    close: () => void context.close(),
  };
}
