// Python in a web worker. Started from a blob: address, so that it inherits the page's policy.
const root = new URL(".", import.meta.url).href;
const post = (kind, content = {}, buffers = []) => self.postMessage({ kind, content, buffers });

// Called by the Python side: content is JSON text, buffers are binary parts of a widget's message.
self.livePost = (kind, content, buffers) => post(kind, JSON.parse(content), [...buffers]);

/** Let every download report how many bytes have come; the response itself is passed on as is. */
function countDownloads() {
  const fetchUncounted = self.fetch;
  self.fetch = async (resource, options) => {
    const response = await fetchUncounted(resource, options);
    const name = String(resource.url ?? resource).split("/").pop();
    if (!response.ok || !response.body) return response;
    let received = 0;
    const counter = new TransformStream({
      transform(chunk, controller) {
        received += chunk.byteLength;
        post("bytes", { name, received });
        controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
  };
}

async function get(name) {
  const response = await fetch(root + name);
  if (!response.ok) throw new Error(`${name} is missing (${response.status})`);
  return response;
}

async function boot({ kernel, archives, lock, packages, counted, attempts }) {
  if (counted) countDownloads();
  const source = get(kernel).then((response) => response.text());
  const pure = archives.map((name) => get(name).then((response) => response.arrayBuffer()));
  const { loadPyodide } = await import(root + "pyodide.mjs");
  const python = await loadPyodide({ indexURL: root, lockFileURL: root + lock, packages });
  const absent = packages.find((name) => !python.loadedPackages[name]);
  if (absent) throw new Error(`the package ${absent} or what it needs is missing`);
  post("phase", { text: "Starting Python" });
  for (const [index, archive] of archives.entries()) {
    python.FS.writeFile(`/lib/${archive}`, new Uint8Array(await pure[index]));
    python.runPython(`import sys; sys.path.append('/lib/${archive}')`);
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
      shim.receive(comm_id, "comm_msg", JSON.stringify(data), buffers);
    } finally {
      post("idle", { sequence });
    }
  },
  comm_close({ comm_id, data }) {
    shim.receive(comm_id, "comm_close", JSON.stringify(data), []);
  },
};

let last = Promise.resolve();
self.onmessage = ({ data }) => {
  last = last
    .then(() => actions[data.kind](data))
    .catch((error) => post("fatal", { text: error.message || String(error) }));
};
post("loaded");
