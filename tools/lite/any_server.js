// Goes before pyodide.js in what a kernel of JupyterLite loads. Browsers compile no Python that a
// server sends as something else than application/wasm, and Pyodide would wait for ever.
const fetchPlainly = self.fetch;
self.fetch = async (...request) => {
  const response = await fetchPlainly(...request);
  if (!response.ok || !response.url.endsWith(".wasm")) return response;
  return new Response(response.body, { headers: { "Content-Type": "application/wasm" } });
};
