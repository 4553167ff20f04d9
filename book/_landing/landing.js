// The hero: a prediction, then a picture over plans that were computed when the book was built.
(() => {
  const data = JSON.parse(document.getElementById("sweep").textContent);
  const { prediction, plans } = data;
  const at = (id) => document.getElementById(id);
  const svg = at("picture");
  const field = at("guess");
  const slider = at("growth");
  const KEY = `models.prediction.${prediction.name}`; // the first chapter finds the answer here
  let guess = null;
  let answered = false;
  let arriving = false;
  let shown = plans[0];
  let before = null;

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
    const height = width < 480 ? 300 : Math.min(440, Math.round(width * 0.7));
    const box = { left: 46, right: width - 8, top: 14, bottom: height - 30 };
    const [x0, x1] = data.share;
    const [y0, y1] = data.waits.map(Math.log10);
    const x = (v) => box.left + ((v - x0) / (x1 - x0)) * (box.right - box.left);
    const y = (v) => box.bottom - ((Math.log10(v) - y0) / (y1 - y0)) * (box.bottom - box.top);
    const line = (a, b, c, d, kind) => element("line", { x1: a, y1: b, x2: c, y2: d, class: kind });
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren();

    for (const v of [0.001, 0.01, 0.1, 1, 10]) {
      line(box.left, y(v), box.right, y(v), "grid");
      element("text", { x: box.left - 8, y: y(v) + 4, "text-anchor": "end" }, String(v));
    }
    for (const v of [60, 80, 100, 120]) {
      line(x(v), box.bottom, x(v), box.bottom + 5, "axis");
      element("text", { x: x(v), y: box.bottom + 21, "text-anchor": "middle" }, `${v} %`);
    }
    element("rect", { x: box.left, y: box.top, width: x(data.work) - box.left,
      height: box.bottom - box.top, class: "never" });
    element("text", { x: box.left + 10, y: box.bottom - 12 }, "The line never ends");
    line(box.left, y(data.today), box.right, y(data.today), "today");
    element("text", { x: box.right, y: y(data.today) - 7, "text-anchor": "end", class: "small" },
      "today’s wait");

    const curve = (plan, kind) => element("polyline", { class: kind,
      points: plan.x.map((v, i) => `${x(v)},${Math.min(y(plan.y[i]), box.bottom)}`).join(" ") });
    if (before && before !== shown) curve(before, "curve ghost");
    curve(shown, arriving ? "curve arrives" : "curve");
    arriving = false;
    if (guess !== null) {
      const place = x(Math.min(x1, Math.max(x0, (100 * guess) / (data.servers * data.asked))));
      line(place, box.top, place, box.bottom, "guess");
      element("path", { class: "diamond",
        d: `M${place} ${box.top + 12}l9 9l-9 9l-9-9z` });
      const left = place > (box.left + box.right) / 2;
      element("text", { x: place + (left ? -14 : 14), y: box.top + 26,
        "text-anchor": left ? "end" : "start" }, `you: ${number(guess)}`);
    }
    const dot = { x: x((100 * shown.needed) / (data.servers * shown.growth)), y: y(shown.wait) };
    element("circle", { cx: dot.x, cy: dot.y, r: 7, class: "dot" });
    element("text", { x: dot.x - 13, y: dot.y + 24, "text-anchor": "end", class: "big" },
      answered ? number(shown.needed) : `today: ${number(shown.needed)}`);
    line(box.left, box.bottom, box.right, box.bottom, "axis");
    svg.setAttribute("aria-label", sentence());
  }

  function sentence() {
    const share = number((100 * shown.needed) / (data.servers * shown.growth));
    const wait = number(shown.wait, 3);
    return `${number(shown.growth)} × the customers: ${number(shown.needed)} servers keep the mean ` +
      `wait (${wait} service times), ${share} % of growing in proportion.`;
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
    answered = arriving = true;
    before = plans[0];
    shown = plans.find((plan) => plan.growth === data.asked);
    const fits = prediction.replies.find((r) => r.low <= value && value <= r.high);
    at("reply").replaceChildren(
      paragraph(`◇ You said ${number(value)}. ● The run says ${prediction.truth}.`, "both"),
      paragraph(fits.text));
    slider.value = plans.indexOf(shown);
    at("drag").hidden = false;
    document.querySelector(".next").hidden = false;
    at("said").textContent = sentence();
    label();
    draw();
  }

  function label() {
    const text = `× ${number(shown.growth)}`;
    at("drag").querySelector("output").textContent = text;
    slider.setAttribute("aria-valuetext", text);
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
  slider.max = plans.length - 1;
  slider.addEventListener("pointerdown", () => (before = shown));
  slider.addEventListener("input", () => {
    shown = plans[Number(slider.value)];
    label();
    draw();
  });
  slider.addEventListener("change", () => {
    at("said").textContent = sentence();
  });
  new ResizeObserver(draw).observe(svg.parentElement);
  draw();
})();
