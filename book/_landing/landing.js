// The hero: a prediction, then bars of what the engines counted when the book was made.
(() => {
  const data = JSON.parse(document.getElementById("sweep").textContent);
  const { prediction, works } = data;
  const at = (id) => document.getElementById(id);
  const svg = at("picture");
  const field = at("guess");
  const slider = at("work");
  const KEY = `models.prediction.${prediction.name}`; // the chapter finds the answer here
  let guess = null;
  let answered = false;
  let shown = works[data.asked];

  const number = (v, digits = 0) => v.toLocaleString("en", { maximumFractionDigits: digits });

  function element(tag, attributes, text = "") {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.textContent = text;
    svg.append(node);
    return node;
  }

  // Redrawn at the width there is, so that type keeps its size on a phone.
  function draw() {
    const width = Math.max(280, svg.clientWidth);
    const row = 62;
    const height = data.engines.length * row + 34;
    const box = { left: 4, right: width - 8, bottom: height - 30 };
    const x = (v) => box.left + (v / 1000) * (box.right - box.left);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren();
    hatch();
    data.engines.forEach((name, n) => {
      const top = n * row + 24;
      // Before an answer only the interpreter's bar is there: by its name, it handles everything.
      const known = answered || n === 0;
      element("text", { x: box.left, y: top - 7, class: n === data.engine ? "big" : "" },
        known ? `${name}: ${number(shown.handled[n], 1)}` : `${name}: ?`);
      const bar = { y: top, height: 26 };
      if (!known) {
        element("rect", { ...bar, x: box.left, width: box.right - box.left, class: "open" });
        return;
      }
      element("rect", { ...bar, x: box.left, width: box.right - box.left, class: "direct" });
      const wide = x(shown.handled[n]) - box.left;
      element("rect", { ...bar, x: box.left, width: Math.max(wide, 1), class: "handled" });
      element("rect", { ...bar, x: box.left, width: wide, fill: "url(#hatch)" });
    });
    if (guess !== null) {
      const top = data.engine * row + 24;
      line(x(guess), top - 6, x(guess), top + 32, "guess");
      element("path", { class: "diamond", d: `M${x(guess)} ${top + 4}l9 9l-9 9l-9-9z` });
      const left = guess > 500;
      element("text", { x: x(guess) + (left ? -14 : 14), y: top + 18, class: "said",
        "text-anchor": left ? "end" : "start" }, `you: ${number(guess)}`);
    }
    for (const v of [0, 500, 1000]) {
      line(x(v), box.bottom, x(v), box.bottom + 5, "axis");
      element("text", { x: x(v), y: box.bottom + 21,
        "text-anchor": ["start", "middle", "end"][v / 500] }, number(v));
    }
    line(box.left, box.bottom, box.right, box.bottom, "axis");
    svg.setAttribute("aria-label", answered ? sentence()
      : "Five kinds of hypervisor; of 1,000 instructions, the interpreter handles all.");
  }

  const line = (a, b, c, d, kind) =>
    element("line", { x1: a, y1: b, x2: c, y2: d, class: kind });

  function hatch() {
    const pattern = element("pattern", { id: "hatch", width: 7, height: 7,
      patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    const stroke = element("line", { x1: 0, y1: 0, x2: 0, y2: 7, class: "hatch" });
    pattern.append(stroke);
  }

  function sentence() {
    const each = data.engines.map((name, n) => `${name} ${number(shown.handled[n], 1)}`);
    return `${shown.name}: of 1,000 instructions of the guest’s kernel, handled are: ` +
      `${each.join("; ")}.`;
  }

  function read() {
    const plain = field.value.replaceAll(",", "").trim();
    const value = plain === "" ? NaN : Number(plain);
    return value >= prediction.low && value <= prediction.high ? value : null;
  }

  function paragraph(text, kind = "") {
    const node = document.createElement("p");
    node.className = kind;
    node.textContent = text;
    return node;
  }

  function run(value) {
    guess = value;
    answered = true;
    shown = works[data.asked];
    const fits = prediction.replies.find((r) => r.low <= value && value <= r.high);
    at("reply").replaceChildren(
      paragraph(`◇ You said ${number(value)}. ● The run says ${prediction.truth}.`, "both"),
      paragraph(fits.text));
    slider.value = data.asked;
    at("drag").hidden = false;
    document.querySelector(".next").hidden = false;
    at("said").textContent = sentence();
    label();
    draw();
  }

  function label() {
    at("drag").querySelector("output").textContent = shown.name;
    slider.setAttribute("aria-valuetext", shown.name);
  }

  field.addEventListener("input", () => {
    guess = read();
    draw();
  });
  at("predict").addEventListener("submit", (event) => {
    event.preventDefault();
    const value = read();
    at("refusal").textContent = value === null ? prediction.refusal : "";
    field.setAttribute("aria-invalid", String(value === null));
    if (value === null) return;
    try {
      localStorage.setItem(KEY, JSON.stringify({ value, confidence: null }));
    } catch {
      // Without storage the chapter will ask again.
    }
    run(value);
  });
  slider.max = works.length - 1;
  slider.addEventListener("input", () => {
    shown = works[Number(slider.value)];
    label();
    draw();
  });
  slider.addEventListener("change", () => {
    at("said").textContent = sentence();
  });
  new ResizeObserver(draw).observe(svg.parentElement);
  draw();
})();
