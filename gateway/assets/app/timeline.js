// What is known of one channel's messages. Pure: no network, no page.
//
// Everything that comes (pages, live events, replays, answers) is merged by message id and `rev`, so it does not matter
// in which order the ways of the network let it arrive, or how often.

/** So many messages are kept while nobody looks at old ones. */
const KEPT = 400;

export class Timeline {
  /** In the order of `seq`. */
  messages = [];
  /** Whether there are older ones on the server. */
  hasOlder = false;
  /** Everything up to this change is known: where to resume from. */
  rev = 0;
  /** Whether it is catching up, so that `rev` must not follow live events yet. */
  behind = false;
  /** Messages that were asked for one by one. */
  asked = new Set();
  /** What was sent here and is not known to be written yet: `{nonce, content, replyTo, at, state, error}`. */
  drafts = [];

  #byId = new Map();
  /** Known, but outside of `messages`: quoted ones, and changes of messages that were not loaded. */
  #strays = new Map();
  #gone = new Set();

  constructor(me) {
    this.me = me;
  }

  /** Begins with the newest page. What was known before is forgotten, but not what happened since the page was read. */
  open(page) {
    const later = this.messages.filter((message) => message.rev > page.rev);
    this.messages = [];
    this.#byId.clear();
    this.hasOlder = page.hasMore;
    this.rev = page.rev;
    for (const message of [...page.messages].reverse().concat(later)) this.#insert(message);
  }

  /** Adds a page of older messages. */
  prepend(page) {
    this.hasOlder = page.hasMore;
    for (const message of page.messages) this.#insert(message);
  }

  /** Takes in a message as it is now. */
  put(message) {
    const outside = this.hasOlder && this.messages.length > 0 && message.seq < this.messages[0].seq;
    if (outside) this.stray(message);
    else this.#insert(message);
  }

  /** Keeps a message that is not in the list. */
  stray(message) {
    const known = this.#strays.get(message.id);
    if (!known || known.rev < message.rev) this.#strays.set(message.id, message);
    this.#written(message);
  }

  /** A message is gone, for good. */
  remove(id) {
    this.#gone.add(id);
    this.#strays.delete(id);
    if (this.#byId.delete(id)) this.messages = this.messages.filter((message) => message.id !== id);
  }

  /** The message; `null` when it is gone, `undefined` when it is not known. */
  find(id) {
    return this.#gone.has(id) ? null : (this.#byId.get(id) ?? this.#strays.get(id));
  }

  /** Forgets the oldest messages when there are many. */
  trim() {
    if (this.messages.length <= KEPT) return;
    for (const message of this.messages.splice(0, this.messages.length - KEPT / 2)) this.#byId.delete(message.id);
    this.hasOlder = true;
  }

  #insert(message) {
    this.#written(message);
    if (this.#gone.has(message.id)) return;
    const stray = this.#strays.get(message.id);
    this.#strays.delete(message.id);
    if (stray && stray.rev > message.rev) message = stray;
    const known = this.#byId.get(message.id);
    if (known && known.rev >= message.rev) return;
    this.#byId.set(message.id, message);
    if (known) {
      this.messages[this.messages.indexOf(known)] = message;
      return;
    }
    // Nearly always the last one.
    let place = this.messages.length;
    while (place > 0 && this.messages[place - 1].seq > message.seq) place -= 1;
    this.messages.splice(place, 0, message);
  }

  /** What was sent is written: it is no draft any more. */
  #written(message) {
    if (!message.nonce || message.author.id !== this.me) return;
    this.drafts = this.drafts.filter((draft) => draft.nonce !== message.nonce);
  }
}
