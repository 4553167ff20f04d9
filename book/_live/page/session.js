// One run of Python behind the page: the worker, its widgets, and the cells that show what it says.
import { keepAttempts, keptAttempts } from "./attempts.js";
import { Cell } from "./cell.js";
import { config } from "./config.js";
import { downloadNotebook } from "./notebook.js";
import { WidgetManager } from "./widgets.js";

export class Session {
  /** Start Python and its packages; no code of the page runs before `begin`. */
  constructor({ counted }) {
    this.counted = counted;
    this.report = null;
    this.cells = [];
    this.worker = startWorker(config.root + config.names["worker.js"]);
    this.manager = new WidgetManager((message) => this.worker.postMessage(message));
    this.queued = 0;
    this.handled = Promise.resolve();
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (event) => this.fail(`Python could not be started (${event.message}).`);
    // A picture widget draws with the page's Plotly, so it has to be there before the first one.
    this.ready = Promise.all([
      globalThis.modelsPlotly?.(),
      loadStyle(config.root + config.names["widgets.css"]),
    ]);
  }

  /** Run every cell; `report` is told what happens. Resolves when all of them are live. */
  begin(report) {
    this.report = report;
    if (this.broken) throw new Error(this.broken);
    this.cells = config.cells.map(
      (source, index) => new Cell(index, source, document.getElementById(`live-cell-${index}`), this),
    );
    if (this.loaded) this.runAll();
    // Python is at work meanwhile: what the cells put out is received after this.
    for (const cell of this.cells) cell.prepare();
    for (const cell of this.cells) cell.edit();
    return new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
  }

  runAll() {
    for (const cell of this.cells) cell.run();
  }

  /** Tell what went wrong; if nobody waits for Python yet, when somebody does. */
  fail(text) {
    this.broken = text;
    this.report?.failed(text);
  }

  on_loaded() {
    const { names } = config;
    const boot = {
      kernel: names["kernel.py"],
      memory: { name: names["memory.bin"], size: config.memory },
      archives: Object.fromEntries(
        ["packages.zip", "numpy.zip", "models.zip"].map((name) => [name, names[name]]),
      ),
      lock: names["lock.json"],
      attempts: keptAttempts(),
    };
    this.worker.postMessage({ kind: "boot", ...boot, counted: this.counted });
    this.loaded = true;
    // Started ahead of the press, Python has time to import what most pages do.
    if (!this.report) this.worker.postMessage({ kind: "warm", modules: config.warm });
    this.runAll();
  }

  /** Queue a cell's code; cells run one after the other, in the order they were asked for. */
  run(cell) {
    this.queued += 1;
    const replay = !this.isLive;
    this.worker.postMessage({ kind: "run", cell: cell.index, code: cell.code, replay });
  }

  save() {
    return downloadNotebook(this.cells);
  }

  stop() {
    this.worker.terminate();
    this.worker.onmessage = null;
    this.manager.detach();
    for (const cell of this.cells) cell.restore();
    this.manager.clear_state();
    this.reject?.(new DOMException("stopped", "AbortError"));
  }

  /** Messages are handled strictly one after the other: a widget is opened before it is shown. */
  receive({ kind, content, buffers }) {
    if (kind === "bytes") return this.report?.bytes(content.name, content.received);
    this.handled = this.handled
      .then(() => this[`on_${kind}`](content, buffers))
      .catch((error) => console.error("live page:", kind, error));
  }

  on_phase({ text }) {
    this.report?.phase(text);
  }

  async on_ready() {
    await this.ready;
  }

  on_start({ cell }) {
    if (!this.isLive) this.report.cell(cell + 1, this.cells.length);
    else this.report.busy("Running; Stop ends an endless loop.");
    this.cells[cell].started();
  }

  on_done({ cell, ok }) {
    this.cells[cell].finished(ok);
    this.queued -= 1;
    if (this.queued) return;
    if (this.isLive) this.report.busy("Live: change a control, or edit a cell and press Shift+Enter.");
    this.isLive = true;
    this.resolve();
  }

  on_output({ cell, output }) {
    return this.cells[cell].outputs.show(output, this.manager);
  }

  on_clear_output({ cell, wait }) {
    this.cells[cell].outputs.clear(wait);
  }

  on_journal({ text }) {
    keepAttempts(text);
  }

  on_comm_open(content, buffers) {
    return this.manager.opened(content, buffers);
  }

  on_comm_msg(content, buffers) {
    return this.manager.received(content, buffers);
  }

  on_comm_close(content) {
    this.manager.closed(content);
  }

  on_idle({ sequence }) {
    this.manager.idle(sequence);
  }

  on_fatal({ text }) {
    console.error(text);
    const said = text.trim().split("\n").pop() || "it gave no reason";
    this.fail(`Python stopped: ${said}.`);
  }
}

/**
 * A worker from a blob: address inherits the page's policy; one from an address would not.
 * The import is a dynamic one: Chromium holds a worker's static imports against worker-src.
 */
function startWorker(address) {
  const failed = `postMessage({ kind: "fatal", content: { text: error.message } })`;
  const text = `import(${JSON.stringify(address)}).catch((error) => ${failed});`;
  const blob = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  return new Worker(blob, { type: "module" });
}

function loadStyle(address) {
  if (document.querySelector(`link[href="${address}"]`)) return null;
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
    link.onload = resolve;
    link.onerror = () => reject(new Error(`${address} is missing`));
    document.head.append(link);
  });
}
