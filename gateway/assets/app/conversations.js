// Conversations, of two and of groups: who can be called.

import { on } from "./client.js";
import * as store from "./store.js";
import { state } from "./store.js";

on({
  ready: (data) => store.meet(data.conversations),
  "conversation-created": (data) => store.converse(data.conversation),
  "conversation-updated"({ conversation }) {
    if (state.channels.has(conversation.id)) store.converse({ ...state.channels.get(conversation.id), ...conversation });
  },
  "conversation-member-removed"({ conversationId, userId }) {
    if (userId === state.me.id) store.drop(conversationId);
  },
});
