// Dialogs, each with one form.

import { part } from "./dom.js";

/** Opens a dialog, empty. */
export function ask(id) {
  const box = part(id);
  box.querySelector("form").reset();
  box.querySelector(".failure").textContent = "";
  box.showModal();
}

/** What happens when a dialog's form is sent; the dialog stays open with a sentence when that fails. */
export function dialog(id, act) {
  const box = part(id);
  const form = box.querySelector("form");
  box.querySelector("[value=cancel]").addEventListener("click", () => box.close());
  // A click beside it.
  box.addEventListener("mousedown", (event) => event.target === box && box.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("menu :last-child");
    if (button.disabled) return;
    button.disabled = true;
    try {
      await act(Object.fromEntries(new FormData(form)));
      box.close();
    } catch (failure) {
      form.querySelector(".failure").textContent = failure.message;
    }
    button.disabled = false;
  });
}
