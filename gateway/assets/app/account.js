// The pages to which letters lead: one form each, chosen by the path.

import { call } from "./api.js";
import { part } from "./dom.js";
import { blame, submit } from "./form.js";

const name = location.pathname.slice(1);
const section = part(name);
const form = section.querySelector("form");
const token = new URLSearchParams(location.search).get("token");
const fragment = new URLSearchParams(location.hash.slice(1));

// What stands in the address would stay in the browser's history, and be seen over a shoulder.
history.replaceState(null, "", location.pathname);
document.title = `${section.querySelector("h1").textContent} – Guildhall`;
section.hidden = false;

/** Nothing more to do: says so in the place of the form. */
function done(words) {
  section.hidden = true;
  part("done").textContent = words;
  part("done").hidden = false;
  part("done").focus();
}

const acts = {
  async "forgot-password"({ email }) {
    await call("POST", "/api/auth/forgot-password", { email: email.trim() });
    done("If there is an account with this address, a link is on its way to it.");
  },
  async "reset-password"({ newPassword }) {
    await call("POST", "/api/auth/reset-password", { token: token ?? "", newPassword });
    done("The password is set. You can log in with it now.");
  },
  async "verify-email"({ email, code }) {
    await call("POST", "/api/auth/verify-email", { email: email.trim(), code: code.trim() });
    done("Your e-mail address is confirmed.");
  },
  async "confirm-email-change"({ newCode, oldCode, account, password, verificationCode }) {
    const login = await call("POST", "/api/auth/login", {
      [account.includes("@") ? "email" : "username"]: account.trim(),
      password,
      verificationCode: verificationCode || undefined,
    });
    try {
      const codes = { newCode: newCode.trim(), oldCode: oldCode.trim() || undefined };
      await call("POST", "/api/auth/confirm-email-change", codes, login.token);
    } finally {
      // It was for this alone.
      call("POST", "/api/auth/logout", undefined, login.token).catch(() => {});
    }
    done("Your account has its new e-mail address.");
  },
};

submit(form, acts[name], (failure) => {
  if (failure.code !== "TWO_FACTOR_REQUIRED") return false;
  part("second-factor").hidden = false;
  form.elements.verificationCode.focus();
  return true;
});

if (name === "verify-email") {
  form.elements.email.value = fragment.get("email") ?? "";
  part("resend").addEventListener("click", async () => {
    try {
      const { message } = await call("POST", "/api/auth/resend-verification", { email: form.elements.email.value.trim() });
      blame(form, message);
    } catch (failure) {
      blame(form, failure.message, failure.details);
    }
  });
}
if (name === "reset-password" && !token) blame(form, "The link is not whole: open the one in the letter, or ask for another.");
[...form.elements].find((input) => input.required && !input.value)?.focus();
