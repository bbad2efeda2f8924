// Forms: sent once at a time, and what is wrong with them.

/** Says what is wrong with a form, marks the fields that `details` name, and goes to the first of them. */
export function blame(form, words, details = {}) {
  let first = null;
  for (const input of form.querySelectorAll("input")) {
    const wrong = Array.isArray(details[input.name]) || details.field === input.name;
    input.setAttribute("aria-invalid", String(wrong));
    if (wrong) first ??= input;
  }
  form.querySelector(".failure").textContent = words;
  first?.focus();
}

/** What happens when a form is sent: `act(fields)`. What that throws is shown, unless `settle(failure)` takes care of it. */
export function submit(form, act, settle = () => false) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    if (button.disabled) return;
    blame(form, "");
    button.disabled = true;
    try {
      await act(Object.fromEntries(new FormData(form)));
    } catch (failure) {
      if (!settle(failure)) blame(form, failure.message, failure.details);
    }
    button.disabled = false;
  });
}
