// Tries calls and frames out. The pages can be read without it.
"use strict";

const token = document.getElementById("token");
const filter = document.getElementById("filter");

for (const hidden of document.querySelectorAll("[hidden]")) hidden.hidden = false;

token.value = sessionStorage.getItem("token") ?? "";
const keep = (text) => {
  token.value = text;
  sessionStorage.setItem("token", text);
};
token.addEventListener("change", () => keep(token.value.trim()));

// Shows the entries of the navigation that have the words in them.
filter.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of document.querySelectorAll(".contents li")) {
    const text = entry.textContent.toLowerCase();
    entry.hidden = !words.every((word) => text.includes(word));
  }
});

const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

// A call: the form has its method, its path and a field for each parameter.
async function call(form) {
  const query = new URLSearchParams();
  let path = form.dataset.path;
  for (const input of form.querySelectorAll("[data-in]")) {
    const value = input.value.trim();
    if (input.dataset.in === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(value));
    else if (value !== "") query.set(input.name, value);
  }
  // The page is at …/api/docs: what stands before belongs to a proxy.
  const root = location.pathname.slice(0, location.pathname.lastIndexOf("/api/docs"));
  const headers = {};
  if (token.value !== "") headers.authorization = `Bearer ${token.value}`;
  const body = form.elements.body?.value;
  if (body !== undefined) headers["content-type"] = "application/json";
  const search = query.size > 0 ? `?${query}` : "";
  const answer = await fetch(root + path + search, { method: form.dataset.method.toUpperCase(), headers, body });
  const text = await answer.text();
  if (answer.ok && form.dataset.path.startsWith("/api/auth/")) {
    const login = JSON.parse(text);
    if (login.token) keep(login.token);
  }
  return `${answer.status} ${answer.statusText}\n${pretty(text)}`;
}

for (const form of document.querySelectorAll("form.try")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const output = form.querySelector("output");
    output.textContent = "…";
    output.textContent = await call(form).catch((error) => String(error));
  });
}

// A session, for frames.
const console_ = document.querySelector("form.console");
if (console_ !== null) {
  const output = console_.querySelector("output");
  const frame = console_.elements.frame;
  let socket = null;
  const log = (line) => {
    output.textContent += `${line}\n`;
    output.scrollTop = output.scrollHeight;
  };
  console_.elements.connect.addEventListener("click", () => {
    socket?.close();
    const url = new URL(location.pathname.slice(0, location.pathname.lastIndexOf("/api/docs")) + "/ws", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    socket = token.value === "" ? new WebSocket(url) : new WebSocket(url, ["bearer", token.value]);
    socket.onopen = () => log("(open)");
    socket.onmessage = (message) => log(`< ${message.data}`);
    socket.onclose = (close) => log(`(closed with ${close.code} ${close.reason})`);
  });
  console_.addEventListener("submit", (event) => {
    event.preventDefault();
    if (socket?.readyState !== WebSocket.OPEN) return log("(connect first)");
    // One line, so that it reads like what is sent.
    const text = frame.value.trim();
    log(`> ${text.replace(/\s*\n\s*/g, " ")}`);
    socket.send(text);
  });
  for (const button of document.querySelectorAll("button.use")) {
    button.addEventListener("click", () => {
      frame.value = button.closest("div").querySelector("pre").textContent;
      console_.scrollIntoView();
    });
  }
}
