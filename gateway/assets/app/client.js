// The login, and the connection that it has. Everything that goes to the server goes through here, and whoever wants to
// hear what the server tells says so with `on`.

import { call, Failure } from "./api.js";
import { Link } from "./socket.js";
import * as store from "./store.js";

const KEY = "guildhall.token";
let token = sessionStorage.getItem(KEY);
let link = null;
let over = () => {};
/** Parts of a long `ready` that is not whole yet. */
let parts = null;
let beginnings = 0;

const handlers = new Map();
const frameListeners = [];
const endListeners = [];

/** Calls `act(data, frame)` for each event of these names; `ready` comes whole, with all its `ready-more`. */
export function on(acts) {
  for (const [event, act] of Object.entries(acts)) handlers.set(event, [...(handlers.get(event) ?? []), act]);
}

/** Calls `listener(frame)` behind the handlers of every event. */
export const onFrame = (listener) => frameListeners.push(listener);

/** Calls `listener()` when the login is about to end, while the connection may still be there. */
export const onEnd = (listener) => endListeners.push(listener);

/** Whether somebody is logged in, as far as can be told without asking. */
export const hasToken = () => token !== null;

/** How often the connection was made: when it is the same, nothing was missed in between. */
export const connections = () => beginnings;

/** Logs in or signs up; `path` says which. */
export async function enter(path, body) {
  const answer = await call("POST", `/api/auth/${path}`, body);
  token = answer.token;
  sessionStorage.setItem(KEY, token);
}

/** Connects. `onOver(sentence)` is called when the login has ended. */
export function start(onOver) {
  over = onOver;
  link = new Link(token, { event: hear, state: store.linked, over: leave });
}

/** Ends the login, here and on the server. */
export function logOut() {
  const ending = token;
  leave();
  // Not waited for: it is over here whether the server can be told or not.
  if (ending) call("POST", "/api/auth/logout", undefined, ending).catch(() => {});
}

/** Forgets the login. */
function leave(sentence = "") {
  for (const listener of endListeners) listener();
  link?.close();
  link = token = parts = null;
  sessionStorage.removeItem(KEY);
  store.reset();
  over(sentence);
}

/** Does not wait for the next try. */
export const hurry = () => link?.wake();

/** The answer of a call; throws a `Failure`. */
export async function ask(method, path, body) {
  try {
    return await call(method, path, body, token);
  } catch (failure) {
    if (failure.endsSession && token) leave(failure.message);
    throw failure;
  }
}

/** The answer of a command; throws a `Failure`. */
export const command = (event, data) => (link ? link.command(event, data) : Promise.reject(Failure.lost()));

function hear(frame) {
  if (frame.event === "ready" || frame.event === "ready-more") return begin(frame.data);
  tell(frame);
}

function tell(frame) {
  for (const act of handlers.get(frame.event) ?? []) act(frame.data, frame);
  for (const listener of frameListeners) listener(frame);
}

/** Puts a long `ready` together. */
function begin(data) {
  parts = data.user ? data : {
    ...parts,
    servers: [...parts.servers, ...data.servers],
    conversations: [...parts.conversations, ...data.conversations],
    unread: { ...parts.unread, ...data.unread },
    voiceSessions: [...parts.voiceSessions, ...data.voiceSessions],
  };
  if (data.more) return;
  const whole = parts;
  parts = null;
  beginnings += 1;
  tell({ event: "ready", data: whole });
}
