// The HTTP calls.

/** How long an answer may take, milliseconds. */
const PATIENCE = 20_000;
const UNREACHABLE = "The server cannot be reached. Check the connection and try again.";

/** What went wrong: a sentence for a person, a code for the program, and what is wrong with which field. */
export class Failure extends Error {
  constructor(message, code, details = {}) {
    super(message);
    this.code = code;
    this.details = details ?? {};
  }

  /** Nobody knows whether it was done: no answer came. */
  static lost() {
    return new Failure(UNREACHABLE, "LOST");
  }

  /** Whether the login is over. */
  get endsSession() {
    return this.code === "UNAUTHENTICATED" || this.code === "TOKEN_EXPIRED";
  }

  /** Whether the same may work in a moment. */
  get passes() {
    return this.code === "LOST" || this.code === "UNAVAILABLE" || this.code === "RATE_LIMITED";
  }
}

/** The answer of a call that succeeded; throws a `Failure` else. */
export async function call(method, path, body, token) {
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (token) headers.authorization = `Bearer ${token}`;
  let response, answer;
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    response = await fetch(path, { method, headers, body: body && JSON.stringify(body), cache: "no-store", signal });
    answer = await response.json();
  } catch {
    throw Failure.lost();
  }
  if (!response.ok) throw new Failure(sentence(answer.error ?? UNREACHABLE), answer.code, answer.details);
  return answer;
}

/** With a capital letter and a full stop: the API's sentences begin small, as parts of a log line would. */
export function sentence(text) {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/u.test(whole) ? whole : `${whole}.`;
}
