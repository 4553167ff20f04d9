// Shows what a cell puts out, in the order a notebook prefers its forms.
const WIDGET = "application/vnd.jupyter.widget-view+json";

// What scrolls sideways has to be reached by keyboard, and what does not is no stop on the way.
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
});

export class Outputs {
  constructor(place) {
    this.place = place;
    this.kept = []; // as a notebook stores them
  }

  /** Empty the place, or (wait) only when the next output comes, so that the page does not jump. */
  clear(wait) {
    if (wait) this.stale = true;
    else this.empty();
  }

  settle() {
    if (this.stale) this.empty();
    this.stale = false;
  }

  empty() {
    this.place.replaceChildren();
    this.kept = [];
  }

  keep(output) {
    const last = this.kept.at(-1);
    const goesOn = output.output_type === "stream" && last?.name === output.name;
    if (goesOn) last.text += output.text;
    else this.kept.push({ ...output });
  }

  async show(output, manager) {
    this.settle();
    this.keep(output);
    if (output.output_type === "stream") return this.showText(output);
    if (output.output_type === "error") return this.append(errorNode(output));
    const data = output.data;
    if (data[WIDGET]) return this.showWidget(data[WIDGET].model_id, manager);
    if (data["text/html"]) return this.showMarkup(data["text/html"]);
    if (data["image/svg+xml"]) return this.showMarkup(data["image/svg+xml"]);
    if (data["image/png"]) return this.append(imageNode(data["image/png"]));
    this.append(textNode(data["text/plain"] ?? ""));
  }

  append(node) {
    node.classList.add("output");
    this.place.append(node);
    widths.observe(node);
    return node;
  }

  showText({ name, text }) {
    const last = this.place.lastElementChild;
    if (last?.dataset.stream === name) last.append(text);
    else this.append(textNode(text)).dataset.stream = name;
  }

  async showWidget(id, manager) {
    const node = this.append(document.createElement("div"));
    await manager.display(id, node);
  }

  showMarkup(markup) {
    const node = this.append(document.createElement("div"));
    node.innerHTML = markup;
  }
}

function textNode(text) {
  const node = document.createElement("pre");
  node.append(text);
  return node;
}

function errorNode({ ename, evalue, traceback }) {
  const node = textNode(traceback.join("\n") || `${ename}: ${evalue}`);
  node.className = "live-error";
  node.setAttribute("role", "alert");
  return node;
}

function imageNode(base64) {
  return Object.assign(new Image(), { src: `data:image/png;base64,${base64}`, alt: "Picture drawn by this cell" });
}
