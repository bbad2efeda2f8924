// Where one can be: in a voice channel, or in a call. Both are sessions, and each has commands of its own.

import { command } from "../client.js";

/** A voice channel. */
export function channelPlace(channelId) {
  return {
    id: channelId,
    isCall: false,
    enter: (flags) => command("join-voice-channel", { channelId, ...flags }),
    update: (change) => command("update-voice-state", { channelId, ...change }),
    leave: () => command("leave-voice-channel", { channelId }),
  };
}

/** A call in a conversation: one that goes on, or one that begins by it. With `recipientId` in one of two. */
export function callPlace({ conversationId, recipientId, sessionId = null }) {
  return {
    id: conversationId,
    isCall: true,
    sessionId,
    async enter(flags) {
      const whom = recipientId ? { recipientId } : { conversationId };
      const answer = this.sessionId
        ? await command("answer-dm-call", { sessionId: this.sessionId, ...flags })
        : await command("start-dm-call", { ...whom, ...flags });
      this.sessionId = answer.session.id;
      return answer;
    },
    update(change) {
      return command("update-dm-call-state", { sessionId: this.sessionId, ...change });
    },
    async leave() {
      if (this.sessionId) await command("end-dm-call", { sessionId: this.sessionId });
    },
  };
}
