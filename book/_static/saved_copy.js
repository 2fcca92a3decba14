// From the first time on that a reader saves a notebook in JupyterLite, the button opens what they
// saved, also when the book has another edition. Where that is so, the page says it, and offers the
// new one.
const savedCopyIsKnown = (async () => {
  const edition = document.querySelector("meta[name=edition]")?.content;
  const link = document.querySelector(".btn-run-in-browser");
  if (!edition || !link) return;
  const name = new URL(link.href).searchParams.get("path");
  const storage = `JupyterLite Storage - ${new URL("../", link.href).pathname}`;
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const inStorage = async (act) => {
    const database = await done(indexedDB.open(storage));
    try {
      return await act(database.transaction("files", "readwrite").objectStore("files"));
    } finally {
      database.close();
    }
  };

  // Opening it would make it.
  if (!(await indexedDB.databases()).some((each) => each.name === storage)) return;
  const saved = await inStorage((files) => done(files.get(name)));
  if (!saved || saved.content.metadata.edition === edition) return;

  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Put mine beside the new one";
  const note = document.createElement("p");
  note.className = "nn-saved-copy";
  note.setAttribute("role", "status");
  note.append("In this browser you saved a copy of this notebook, of another edition of the book. "
    + "“Run in the browser” opens your copy. ", button);
  document.querySelector(".bd-article").prepend(note);
  button.addEventListener("click", async () => {
    const mine = await inStorage(async (files) => {
      const taken = await done(files.getAllKeys());
      let free = name.replace(".ipynb", "-mine.ipynb");
      while (taken.includes(free)) free = free.replace(".ipynb", "-too.ipynb");
      files.put({ ...saved, name: free, path: free }, free);
      await done(files.delete(name));
      return free;
    });
    note.textContent = `Your copy is now ${mine}; “Run in the browser” opens the new one.`;
  });
})().catch(() => {}); // where the browser keeps nothing, nothing was saved
