// Small helpers for elements. Text goes in as text, never as markup.

/** A new element: properties by name, attributes where there is no such property, then what it contains. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && !name.startsWith("aria")) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A part of the page that index.html has. */
export const part = (id) => document.getElementById(id);

const known = new WeakMap();

/**
 * Makes the children of `parent` those that `items` describe, in their order, and keeps the elements of those that were
 * there. An item is `{key, look, make, update}`: `look` says what it shows; when that changes, `update(element)` is
 * called, or the element is made anew where there is no `update`.
 */
export function keep(parent, items) {
  const before = known.get(parent) ?? new Map();
  const after = new Map();
  let place = parent.firstElementChild;
  for (const item of items) {
    let entry = before.get(item.key);
    before.delete(item.key);
    if (entry && entry.look !== item.look && item.update) {
      item.update(entry.element);
      entry.look = item.look;
    } else if (!entry || entry.look !== item.look) {
      const element = item.make();
      if (entry) {
        if (place === entry.element) place = place.nextElementSibling;
        entry.element.remove();
      }
      entry = { element, look: item.look };
    }
    if (entry.element === place) place = place.nextElementSibling;
    else parent.insertBefore(entry.element, place);
    after.set(item.key, entry);
  }
  for (const { element } of before.values()) element.remove();
  known.set(parent, after);
}

/** The letters of a name that stand for it. */
export function initials(name) {
  const words = name.split(/[\s._-]+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word][0]).join("").toUpperCase() || "?";
}

/** One of eight tints, always the same for the same id. */
export function tint(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) >>> 0;
  return String(sum % 8);
}

/** A round or square badge with the letters of a name. */
export function badge(id, name, kind) {
  return h("span", { class: kind, "data-tint": tint(id), "aria-hidden": "true" }, initials(name));
}

/** A picture of `#icons` in index.html; it says nothing by itself. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 20 20");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#icon-${name}`);
  picture.append(use);
  return picture;
}
