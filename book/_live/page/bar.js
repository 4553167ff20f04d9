// The bar below the page's title: Run live, progress, stop, reset.
import { config } from "./config.js";
import { forgetEdits, hasEdits } from "./edits.js";
import { megabytes, sentSizes, total } from "./size.js";

const KEPT = "live-downloaded";
const PRESSED = "live-pressed"; // in this browsing session, so that the next page starts ahead
const AHEAD = "Python starts ahead, as you ran a page before; this page's code waits for Run live.";

function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

const button = (text, onclick) =>
  element("button", { type: "button", className: "live-button", textContent: text, onclick });

function whyNot() {
  if (location.protocol === "file:") {
    return "This page was opened as a file, so it cannot run here: serve the book (make serve) to run it. The stored results below are complete.";
  }
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
    return "This browser has no WebAssembly, so the page cannot run here. The stored results below are complete.";
  }
  return "";
}

/** Whether these very files were downloaded before (then the browser has them in its cache). */
const downloadedBefore = () => localStorage.getItem(KEPT) === config.build;

export function offerLive() {
  const bar = new Bar();
  document.querySelector("article h1").after(bar.node);
}

class Bar {
  constructor() {
    this.status = element("span", { className: "live-status", id: "live-status" });
    this.status.setAttribute("role", "status");
    this.meter = element("progress", { className: "live-meter", hidden: true });
    this.meter.setAttribute("aria-label", "Progress of going live");
    this.run = button("Run live", () => this.start());
    this.run.setAttribute("aria-describedby", "live-status");
    this.stop = button("Stop", () => this.end());
    this.reset = button("Reset", () => this.restart());
    this.undo = button("Undo my edits", () => this.forget());
    this.download = button("Download my notebook", () => this.save());
    this.node = element("section", { className: "live-bar" });
    this.node.setAttribute("aria-label", "Run this page");
    const reason = whyNot();
    if (reason) {
      this.node.append(this.status);
      this.tell("off", reason);
    } else {
      const buttons = [this.run, this.stop, this.reset, this.undo, this.download];
      this.node.append(...buttons, this.meter, this.status);
      this.tell("off", "");
      this.tellSize();
    }
  }

  /** Set the state that everybody may read, and the sentence beside the buttons. */
  tell(state, sentence) {
    document.documentElement.dataset.live = state;
    this.status.textContent = sentence;
    const idle = state === "off" || state === "failed";
    this.run.hidden = !idle;
    this.stop.hidden = idle;
    this.reset.hidden = this.download.hidden = state !== "live";
    this.undo.hidden = !idle || !hasEdits();
    this.meter.hidden = state !== "starting";
  }

  /** Say what a press will download; who has it all, and pressed before, gets Python started. */
  async tellSize() {
    try {
      if (!downloadedBefore()) {
        this.sizes = await sentSizes();
        const size = megabytes(total(this.sizes));
        this.status.textContent = `Downloads ${size} once; the code then runs in your browser.`;
      } else if (sessionStorage.getItem(PRESSED)) await this.startAhead();
      else this.status.textContent = "Python is already downloaded.";
    } catch (error) {
      this.tell("failed", `This page cannot run here: ${error.message}.`);
      this.run.hidden = true;
    }
  }

  /** Start Python and its packages, and nothing of this page. */
  async startAhead() {
    this.status.textContent = AHEAD;
    if (document.readyState !== "complete") {
      await new Promise((done) => addEventListener("load", done, { once: true }));
    }
    if (document.documentElement.dataset.live !== "off") return;
    const ahead = await this.openSession();
    if (document.documentElement.dataset.live === "off") this.ahead = ahead;
    else ahead.stop(); // pressed meanwhile
  }

  async openSession() {
    const { Session } = await import(config.root + config.names["session.js"]);
    return new Session({ counted: !downloadedBefore() });
  }

  async start() {
    this.tell("starting", "Loading");
    this.stop.focus();
    const arrived = new Map();
    try {
      this.session = this.ahead ?? (await this.openSession());
      this.ahead = null;
      await this.session.begin({
        bytes: (name, received) => this.showBytes(arrived, name, received),
        phase: (text) => this.tell("starting", text),
        cell: (done, of) => this.tell("starting", `Running cell ${done} of ${of}`),
        failed: (text) => this.fail(text),
        busy: (text) => this.tell("live", text),
      });
      localStorage.setItem(KEPT, config.build);
      sessionStorage.setItem(PRESSED, "yes");
      this.tell("live", "Live: change a control, or edit a cell and press Shift+Enter.");
    } catch (error) {
      if (error.name !== "AbortError") this.fail(error.message);
    }
  }

  showBytes(arrived, name, received) {
    const [raw] = config.files[name] ?? [];
    if (!raw || !this.sizes) return;
    arrived.set(name, (received / raw) * this.sizes[name]);
    const sum = [...arrived.values()].reduce((a, b) => a + b, 0);
    const all = total(this.sizes);
    this.meter.max = all;
    this.meter.value = sum;
    this.tell("starting", `Downloading Python: ${megabytes(sum)} of ${megabytes(all)}`);
  }

  end() {
    this.session?.stop();
    const edits = hasEdits() ? " Run live brings your edits back; Undo my edits forgets them." : "";
    this.tell("off", `Stopped.${edits}`);
    this.run.focus();
  }

  /** Also for an edit that never ends or eats all memory: it would run again with Run live. */
  forget() {
    forgetEdits();
    this.tell("off", "Your edits are undone.");
    this.run.focus();
  }

  async save() {
    try {
      await this.session.save();
      this.tell("live", "Saved: your code, its outputs and the receipts of your answers.");
    } catch (error) {
      this.tell("live", `The notebook could not be saved: ${error.message}.`);
    }
  }

  restart() {
    this.session?.stop();
    this.start();
  }

  fail(text) {
    this.session?.stop();
    this.tell("failed", `${text} Press Run live to start again.`);
  }
}
