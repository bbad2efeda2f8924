// The beginning: logging in and out.

import * as client from "./client.js";
import { part } from "./dom.js";
import { blame, submit } from "./form.js";
import * as providers from "./providers.js";
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

/** Sends a form to log in or sign up. */
function enter(form, path, body) {
  const act = async (fields) => {
    await client.enter(path, body(fields));
    form.reset();
    begin();
  };
  submit(form, act, (failure) => {
    if (failure.code !== "TWO_FACTOR_REQUIRED") return false;
    askForCode(failure.details.method);
    return true;
  });
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

enter(forms.login, "login", ({ account, password, verificationCode }) => ({
  [account.includes("@") ? "email" : "username"]: account.trim(),
  password,
  verificationCode: verificationCode || undefined,
}));

enter(forms.register, "register", ({ username, name, email, password }) => ({
  username: username.trim(),
  ...(name.trim() && { name }),
  email: email.trim(),
  password,
}));

function begin() {
  part("entrance").hidden = true;
  part("chat").hidden = false;
  client.start(end);
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

/** Goes on with a login through a provider; one with a second factor needs a code for it. */
async function goOn({ words, path, body }) {
  end(words ?? "");
  if (!path) return;
  const form = part("through");
  const attempt = async ({ verificationCode }) => {
    await client.enter(path, { ...body, verificationCode: verificationCode || undefined });
    form.hidden = true;
    part("choice").hidden = false;
    begin();
  };
  submit(form, attempt);
  try {
    await attempt({});
  } catch (failure) {
    if (failure.code !== "TWO_FACTOR_REQUIRED") return blame(forms.login, failure.message);
    part("choice").hidden = true;
    form.hidden = false;
    form.elements.verificationCode.focus();
  }
}

view.start();
const back = providers.returned();
if (back) goOn(back);
else if (client.hasToken()) begin();
else end("");
providers.show((words) => blame(forms.login, words));
