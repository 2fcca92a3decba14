// Elements in one call. Text goes in as text, never as markup.

/**
 * @param {string} tag
 * @param {object} [properties] - of the element; `data` and names with a dash become attributes
 * @param {...(Node | string)} children
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "role" || name === "for" || name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  step: "M3 2.5v11l7-5.5zM11 2.5h2v11h-2z",
  back: "M13 2.5v11L6 8zM3 2.5h2v11H3z",
  reset: "M8 3a5 5 0 1 1-4.6 3H1.2A7 7 0 1 0 8 1V-1L4 2l4 3z",
};

/** An element of a vector picture. */
export function makeVector(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A picture for a button that also has a text. */
export function icon(name) {
  return makeVector("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" },
    makeVector("path", { d: ICONS[name] }));
}
