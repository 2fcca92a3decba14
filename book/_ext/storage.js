
    // Where a browser keeps nothing (all data of sites blocked, the book in a frame of another host,
    // no room left), the theme and the search are given a memory that lasts as long as the page.
    try {
      localStorage.setItem("nnlib", "");
      localStorage.removeItem("nnlib");
    } catch {
      const values = new Map();
      const memory = {
        getItem: (name) => values.get(name) ?? null,
        setItem: (name, value) => values.set(name, String(value)),
        removeItem: (name) => values.delete(name),
      };
      for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { value: memory });
      }
    }
