// One code cell of the page while it is live: an editor above, outputs below.
import { keepEdit, keptEdit } from "./edits.js";
import { createEditor } from "./editor.js";
import { Outputs } from "./outputs.js";

export class Cell {
  constructor(index, source, node, session) {
    Object.assign(this, { index, source, node, session });
    this.code = keptEdit(index) ?? source;
    // A cell that the page does not show still runs, and what it shows goes nowhere.
    this.stored = node?.querySelector(":scope > .cell_output");
    this.place = document.createElement("div");
    this.place.className = "cell_output live-output";
    this.outputs = new Outputs(this.place);
    this.input = node?.querySelector(":scope > .cell_input");
  }

  /** Build the editor; nothing of the page changes, or the next one would lay the page out anew. */
  prepare() {
    if (!this.input) return;
    this.editor = createEditor(this.code, `Code of cell ${this.index + 1}`, {
      changed: (code) => this.changed(code),
      run: () => this.run(),
    });
    this.run_button = toolButton("Run cell", () => this.run());
    this.undo_button = toolButton("Undo edits", () => this.undo());
    this.tools = document.createElement("div");
    this.tools.className = "live-tools";
    this.tools.append(this.run_button, this.undo_button);
    this.changed(this.code);
  }

  /** Put the editor in the place of the code that is shown. */
  edit() {
    if (!this.input) return;
    this.input.hidden = true;
    this.input.after(this.editor.dom, this.tools);
  }

  changed(code) {
    this.code = code;
    this.undo_button.hidden = code === this.source;
    keepEdit(this.index, code);
  }

  undo() {
    this.editor.setText(this.source);
    this.editor.focus();
  }

  run() {
    this.session.run(this);
  }

  started() {
    if (!this.node) return;
    this.stored?.setAttribute("hidden", "");
    if (!this.place.isConnected) this.node.append(this.place);
    this.outputs.clear(true);
    this.node.setAttribute("aria-busy", "true");
  }

  finished(ok) {
    if (!this.node) return;
    this.outputs.settle();
    this.node.removeAttribute("aria-busy");
    this.node.dataset.liveResult = ok ? "ok" : "error";
  }

  /** Back to the stored form; the edit stays kept. */
  restore() {
    if (!this.node) return;
    this.place.remove();
    this.stored?.removeAttribute("hidden");
    this.node.removeAttribute("aria-busy");
    delete this.node.dataset.liveResult;
    if (!this.input) return;
    this.editor.destroy();
    this.tools.remove();
    this.input.hidden = false;
  }
}

function toolButton(text, onclick) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "live-tool", textContent: text, onclick });
  return button;
}
