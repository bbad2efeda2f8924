// Logging in through a provider: away to it, and back with a code that only this page can use.

import { call } from "./api.js";
import { h, part } from "./dom.js";

const VERIFIER = "guildhall.verifier";
const HOME = `${location.origin}/`;
const TROUBLE = {
  access_denied: "The login was cancelled.",
  login_expired: "The login took too long, or began in another browser. Try again.",
  provider_failed: "The login did not succeed there. Try again in a moment.",
  unavailable: "This does not work for the moment. Try again later.",
};

/** Shows a button for each provider that leads back to this page. */
export async function show(blame) {
  const query = new URLSearchParams({ redirect: HOME });
  // Without them one can still log in.
  const { providers } = await call("GET", `/api/auth/providers?${query}`).catch(() => ({ providers: [] }));
  const button = ({ name, label }) => {
    const go = () => leave(name).catch((failure) => blame(failure.message));
    return h("button", { type: "button", onclick: go }, `Log in with ${label}`);
  };
  part("providers").replaceChildren(...providers.map(button));
  part("providers").hidden = providers.length === 0;
}

/** Goes to the provider. */
async function leave(name) {
  if (!crypto.subtle) throw new Error("This needs a connection by https.");
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  sessionStorage.setItem(VERIFIER, verifier);
  const query = new URLSearchParams({ challenge: base64url(new Uint8Array(digest)), redirect: HOME });
  location.assign(`/api/auth/oauth/${encodeURIComponent(name)}?${query}`);
}

/** What a provider sent the browser back with: a path and body for the login, or a sentence. `null`: it did not. */
export function returned() {
  const got = new URLSearchParams(location.search);
  const [provider, code, error] = ["provider", "code", "error"].map((name) => got.get(name));
  if (!provider || !(code || error)) return null;
  const verifier = sessionStorage.getItem(VERIFIER);
  sessionStorage.removeItem(VERIFIER);
  history.replaceState(null, "", location.pathname + location.hash);
  if (error || !verifier) return { words: TROUBLE[error] ?? TROUBLE.login_expired };
  return { path: `oauth/${encodeURIComponent(provider)}`, body: { code, verifier } };
}

function base64url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
