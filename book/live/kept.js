// What the browser keeps of exercises: for each, what was typed and what came of it. It may keep
// nothing, since readers can forbid it, or have no room: whoever writes is told.

const PREFIX = "nnlib-exercise:";

/** What is kept of an exercise: {code, status}; empty if nothing is. */
export function read(name) {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + name) ?? "{}");
    return typeof kept?.code === "string" ? kept : {};
  } catch { // forbidden, or not what we wrote
    return {};
  }
}

/** Keep it; false if the browser does not. */
export function write(name, kept) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(kept));
    return localStorage instanceof Storage; // storage.js may have put the page's memory there
  } catch {
    return false;
  }
}

/** Everything that is kept, by the names of the exercises. */
export function readAll() {
  try {
    const names = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length));
    return Object.fromEntries(names.map((name) => [name, read(name)]));
  } catch {
    return {};
  }
}

/** Forget everything. */
export function erase() {
  for (const name of Object.keys(readAll())) localStorage.removeItem(PREFIX + name);
}

/** Be told of what another tab, or this page's import, has changed. */
export function follow(name, changed) {
  addEventListener("storage", ({ key }) => {
    if (key === PREFIX + name || key === null) changed(read(name));
  });
}
