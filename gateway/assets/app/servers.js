// Servers and their channels: what the server tells of them, and coming into one.

import { ask, on } from "./client.js";
import * as store from "./store.js";

on({
  ready: (data) => store.welcome(data.user, data.servers, data.unread),
  "server-created": (data) => store.enter(data.server),
  "server-deleted": (data) => store.leave(data.serverId),
  "kicked-from-server": (data) => store.leave(data.serverId),
  "channel-created": (data) => store.open(data.channel),
  "channel-updated": (data) => store.rename(data.channel),
  "channels-reordered": (data) => store.arrange(data.serverId, data.channelIds),
  "channel-deleted": (data) => store.drop(data.channelId),
  "member-joined": (data) => store.count(data.serverId, data.member.user.id, 1),
  "member-left": (data) => store.count(data.serverId, data.userId, -1),
});

/** Joins a server by its code; returns it. */
export async function join(code) {
  const { server } = await ask("POST", `/api/servers/join/${encodeURIComponent(code)}`);
  store.enter(server);
  return server;
}

/** Makes a server; returns it. */
export async function create(name) {
  const { server } = await ask("POST", "/api/servers", { name });
  store.enter(server);
  return server;
}
