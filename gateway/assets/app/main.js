// The beginning: logging in and out.

import * as chat from "./chat.js";
import { part } from "./dom.js";
import * as view from "./view.js";

const forms = { login: part("login"), register: part("register") };

/** Shows one of the two forms. */
function choose(name, focus) {
  for (const [other, form] of Object.entries(forms)) {
    const tab = part(`tab-${other}`);
    form.hidden = other !== name;
    tab.setAttribute("aria-selected", String(other === name));
    tab.tabIndex = other === name ? 0 : -1;
    if (other === name && focus) tab.focus();
  }
}

for (const name of Object.keys(forms)) {
  const other = name === "login" ? "register" : "login";
  part(`tab-${name}`).addEventListener("click", () => choose(name));
  part(`tab-${name}`).addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") choose(other, true);
  });
}

/** Sends a form, shows what is wrong with it. */
function submit(form, path, body) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    if (button.disabled) return;
    blame(form, "");
    button.disabled = true;
    try {
      await chat.enter(path, body(Object.fromEntries(new FormData(form))));
      form.reset();
      begin();
    } catch (failure) {
      if (failure.code === "TWO_FACTOR_REQUIRED") askForCode(failure.details.method);
      else blame(form, failure.message, failure.details);
    }
    button.disabled = false;
  });
}

function blame(form, words, details = {}) {
  let first = null;
  for (const input of form.querySelectorAll("input")) {
    const wrong = Array.isArray(details[input.name]);
    input.setAttribute("aria-invalid", String(wrong));
    if (wrong) first ??= input;
  }
  form.querySelector(".failure").textContent = words;
  first?.focus();
}

/** Shows the field for a code and where it comes from; without `method` hides it. */
function askForCode(method) {
  const { verificationCode: input, account } = forms.login.elements;
  part("second-factor").hidden = part("code-hint").hidden = !method;
  const from = method === "sms" ? "It was sent to your phone; leave this empty for another" : "Your authenticator app shows it";
  part("code-hint").textContent = `${from}. A recovery code will do too.`;
  input.value = "";
  if (!method) return;
  input.focus();
  // For somebody else it may not be needed.
  account.addEventListener("input", () => askForCode(), { once: true });
}

submit(forms.login, "login", ({ account, password, verificationCode }) => ({
  [account.includes("@") ? "email" : "username"]: account.trim(),
  password,
  verificationCode: verificationCode || undefined,
}));

submit(forms.register, "register", ({ username, name, email, password }) => ({
  username: username.trim(),
  ...(name.trim() && { name }),
  email: email.trim(),
  password,
}));

function begin() {
  part("entrance").hidden = true;
  part("chat").hidden = false;
  chat.start(end);
}

function end(words) {
  part("chat").hidden = true;
  part("entrance").hidden = false;
  document.title = "Guildhall";
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  choose("login");
  askForCode();
  blame(forms.login, words);
  forms.login.elements.account.focus();
}

view.start();
if (chat.hasToken()) begin();
else end("");
