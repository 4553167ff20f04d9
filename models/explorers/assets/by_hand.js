// The reader draws a fleet, one bar a minute, by pointer or by keys; Python runs it.

const UNIT = 100; // units of the drawing across a minute's bar

function renderByHand({ model, el }) {
  const spec = model.get("spec");
  const line = [...spec.line];
  const bars = [];
  const height = (servers) => (servers / spec.most) * 300;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${line.length * UNIT} 300`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "by-hand");
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", "Your servers in each minute");

  const rect = (x, value, attributes) => {
    const one = document.createElementNS(svg.namespaceURI, "rect");
    Object.entries({ x, width: UNIT, y: 300 - height(value), height: height(value), ...attributes })
      .forEach(([key, v]) => one.setAttribute(key, v));
    svg.append(one);
    return one;
  };
  spec.demand.forEach((value, i) => {
    const width = (line.length * UNIT) / spec.demand.length;
    rect(i * width, value, { width, fill: "var(--band)", "aria-hidden": "true" });
  });
  const set = (minute, servers) => {
    line[minute] = Math.min(spec.most, Math.max(1, Math.round(servers)));
    const bar = bars[minute];
    bar.setAttribute("y", 300 - height(line[minute]));
    bar.setAttribute("height", height(line[minute]));
    bar.setAttribute("aria-valuenow", line[minute]);
    bar.setAttribute("aria-valuetext", `${line[minute]} servers`);
  };
  line.forEach((servers, minute) => {
    const bar = rect(minute * UNIT, servers, {
      fill: "transparent", stroke: "var(--ink)", "stroke-width": 2, tabindex: 0, role: "slider",
      "vector-effect": "non-scaling-stroke", "aria-label": `Minute ${minute + 1}`,
      "aria-valuemin": 1, "aria-valuemax": spec.most,
    });
    bars.push(bar);
    set(minute, servers);
    bar.addEventListener("keydown", (event) => {
      const steps = STEPS[event.key];
      if (!steps) return;
      event.preventDefault();
      set(minute, Number.isFinite(steps) ? line[minute] + steps : steps < 0 ? 1 : spec.most);
    });
  });
  const drawTo = (event) => {
    const box = svg.getBoundingClientRect();
    const minute = Math.floor(((event.clientX - box.left) / box.width) * line.length);
    if (minute < 0 || minute >= line.length) return;
    set(minute, (1 - (event.clientY - box.top) / box.height) * spec.most);
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    drawTo(event);
  });
  svg.addEventListener("pointermove", (event) => event.buttons && drawTo(event));

  const result = make("div", { className: "facts-place", "aria-live": "polite" });
  const button = make("button", { type: "button", textContent: "Run my fleet" });
  button.addEventListener("click", () => model.send({ line }));
  const show = () => (result.innerHTML = model.get("result"));
  model.on("change:result", show);
  show();
  el.replaceChildren(make("section", { className: "explorer live", "aria-label": spec.title },
    make("p", { className: "explorer-title", textContent: spec.title }),
    make("p", { textContent: spec.how }), svg,
    make("div", { className: "explorer-buttons" }, button), result));
  return () => model.off("change:result", show);
}
