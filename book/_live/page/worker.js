// Python in a web worker. Started from a blob: address, so that it inherits the page's policy.
const root = new URL(".", import.meta.url).href;
const post = (kind, content = {}, buffers = []) => self.postMessage({ kind, content, buffers });

// Called by the Python side: content is JSON text, buffers are binary parts of a widget's message.
self.livePost = (kind, content, buffers) => post(kind, JSON.parse(content), [...buffers]);

/**
 * Let every download report how many bytes have come. A copy is counted: the browser keeps a
 * program's compiled form, for the next page, only of the very response that it loaded.
 */
function countDownloads() {
  const fetchUncounted = self.fetch;
  self.fetch = async (resource, options) => {
    const response = await fetchUncounted(resource, options);
    const name = String(resource.url ?? resource).split("/").pop();
    if (!response.ok || !response.body) return response;
    count(name, response.clone().body).catch(() => {}); // whoever loads it tells what went wrong
    return response;
  };
}

async function count(name, body) {
  let received = 0;
  for await (const chunk of body) post("bytes", { name, received: (received += chunk.length) });
}

async function get(name) {
  const response = await fetch(root + name);
  if (!response.ok) throw new Error(`${name} is missing (${response.status})`);
  return response;
}

/**
 * The memory of a Python that has started, and has imported what every page needs. Read chunk by
 * chunk: the browser would keep what Response.arrayBuffer() returns (24 MB) until it cleans up.
 */
async function getMemory({ name, size }) {
  const { body } = await get(name);
  const chunks = body.pipeThrough(new DecompressionStream("gzip")).getReader();
  const memory = new Uint8Array(size);
  let filled = 0;
  for (let part = await chunks.read(); !part.done; part = await chunks.read()) {
    memory.set(part.value, filled);
    filled += part.value.length;
  }
  return memory;
}

async function boot({ kernel, memory, archives, lock, counted, attempts }) {
  if (counted) countDownloads();
  const snapshot = getMemory(memory);
  const source = get(kernel).then((response) => response.text());
  const pure = Object.entries(archives).map(async ([name, file]) => {
    return [`/lib/${name}`, await (await get(file)).arrayBuffer()];
  });
  const { loadPyodide } = await import(root + "pyodide.mjs");
  const addresses = { indexURL: root, lockFileURL: root + lock };
  const python = await loadPyodide({ ...addresses, _loadSnapshot: snapshot });
  (await snapshot).buffer.transfer?.(0); // Python has its copy: let this one go at once
  post("phase", { text: "Starting Python" });
  for (const [place, content] of await Promise.all(pure)) {
    python.FS.writeFile(place, new Uint8Array(content));
    python.runPython(`import sys; '${place}' in sys.path or sys.path.append('${place}')`);
  }
  python.FS.writeFile("/home/pyodide/live_kernel.py", await source);
  const shim = python.pyimport("live_kernel");
  if (attempts) shim.restore(attempts);
  post("ready");
  return shim;
}

let shim;
const actions = {
  async boot(message) {
    shim = await boot(message);
  },
  warm({ modules }) {
    for (const name of modules) shim.import_module(name);
  },
  run({ cell, code, replay }) {
    post("start", { cell });
    const ok = shim.run(cell, code, replay);
    post("done", { cell, ok });
  },
  comm_msg({ comm_id, data, buffers, sequence }) {
    try {
      shim.receive(comm_id, "comm_msg", JSON.stringify(data), buffers, sequence);
    } finally {
      post("idle", { sequence });
    }
  },
  comm_close({ comm_id, data }) {
    shim.receive(comm_id, "comm_close", JSON.stringify(data), [], 0);
  },
};

let last = Promise.resolve();
self.onmessage = ({ data }) => {
  last = last
    .then(() => actions[data.kind](data))
    .catch((error) => post("fatal", { text: error.message || String(error) }));
};
post("loaded");
