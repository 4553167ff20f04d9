// Controls from a parameter's declaration: native inputs, so keyboard and screen reader work.

// Every widget loads these scripts anew, but ids are the whole page's.
function fresh(name) {
  globalThis.modelsNumbered = (globalThis.modelsNumbered ?? 0) + 1;
  return `${name}-${globalThis.modelsNumbered}`;
}

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function shown(value, digits) {
  return typeof value === "number"
    ? value.toLocaleString("en", { maximumFractionDigits: digits })
    : String(value);
}

// Keys that a slider answers: arrows one step, Page ten, Home and End the ends.
const STEPS = {
  ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10,
  Home: -Infinity, End: Infinity,
};

// The slider's own positions 0..1000 stand for low..high on the declared scale.
const POSITIONS = 1000;

function scaleOf(p) {
  const log = p.scale === "log";
  const toUnit = (v) => (log ? Math.log(v / p.low) / Math.log(p.high / p.low)
    : (v - p.low) / (p.high - p.low));
  const fromUnit = (u) => (log ? p.low * (p.high / p.low) ** u : p.low + u * (p.high - p.low));
  const whole = p.kind === "integer";
  const snap = (v) => {
    // Steps count from zero where zero is on the grid, else from low; logarithmic ones by digits.
    const coarse = log && !whole ? 10 ** (Math.floor(Math.log10(v)) - 1) : p.step;
    const snapped = Math.round(v / coarse) * coarse;
    return Math.min(p.high, Math.max(p.low, Number(snapped.toPrecision(12))));
  };
  return {
    position: (v) => Math.round(POSITIONS * toUnit(v)),
    value: (position) => snap(fromUnit(position / POSITIONS)),
    nudge: (v, steps) => {
      if (!Number.isFinite(steps)) return steps < 0 ? p.low : p.high;
      const step = log && !whole ? 10 ** (Math.floor(Math.log10(v) + 1e-9) - 1) : p.step;
      const moved = Number((v + steps * Math.max(step, p.step)).toPrecision(12));
      return Math.min(p.high, Math.max(p.low, moved));
    },
  };
}

// change(value or text, settled): while dragging settled is false, on release true.
function control(p, change) {
  if (p.kind === "choice") return choiceControl(p, change);
  if (p.kind === "flag") return flagControl(p, change);
  return numberControl(p, change);
}

function numberControl(p, change) {
  const id = fresh("models-control");
  const scale = scaleOf(p);
  const unit = p.unit ? ` ${p.unit}` : "";
  const slider = make("input", { type: "range", id, min: 0, max: POSITIONS, step: 1 });
  const field = make("input", {
    type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false,
    "aria-label": `${p.label}, typed`, "aria-describedby": `${id}-refusal`,
  });
  const refusal = make("p", { className: "refusal", id: `${id}-refusal`, role: "alert" });
  const element = make("div", { className: "control" },
    make("label", { htmlFor: id, textContent: p.label }),
    slider, make("span", { className: "typed" }, field,
      make("span", { className: "unit", textContent: p.unit })), refusal);
  let now = p.default;
  const show = (value, alsoSlider = true) => {
    now = value;
    if (alsoSlider) slider.value = scale.position(value);
    slider.setAttribute("aria-valuetext", shown(value, p.digits) + unit);
    field.value = shown(value, p.digits);
  };
  const refuse = (text) => {
    refusal.textContent = text || "";
    field.setAttribute("aria-invalid", String(Boolean(text)));
  };
  slider.addEventListener("input", () => {
    show(scale.value(Number(slider.value)), false);
    change(now, false);
  });
  slider.addEventListener("change", () => change(now, true));
  slider.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(scale.nudge(now, STEPS[event.key]));
    change(now, false);
  });
  slider.addEventListener("keyup", (event) => {
    if (event.key in STEPS) change(now, true);
  });
  field.addEventListener("change", () => change(field.value, true));
  show(now);
  return { element, show, refuse, busy: () => document.activeElement === field && refusal.textContent };
}

function choiceControl(p, change) {
  const id = fresh("models-control");
  const list = make("select", { id }, ...p.choices.map(([value, label]) =>
    make("option", { value, textContent: label })));
  const refusal = make("p", { className: "refusal", role: "alert" });
  list.addEventListener("change", () => change(list.value, true));
  list.value = p.default;
  return {
    element: make("div", { className: "control" },
      make("label", { htmlFor: id, textContent: p.label }), list, refusal),
    show: (value) => (list.value = value),
    refuse: (text) => (refusal.textContent = text || ""),
  };
}

function flagControl(p, change) {
  const box = make("input", { type: "checkbox", checked: p.default });
  const refusal = make("p", { className: "refusal", role: "alert" });
  box.addEventListener("change", () => change(box.checked, true));
  return {
    element: make("div", { className: "control flag" },
      make("label", {}, box, make("span", { textContent: p.label })), refusal),
    show: (value) => (box.checked = value),
    refuse: (text) => (refusal.textContent = text || ""),
  };
}

// Asks one question at a time; of those that come meanwhile only the last is asked.
function oneAtATime(ask) {
  let underway = false;
  let next = null;
  return {
    ask(question) {
      if (underway) {
        next = question;
      } else {
        underway = true;
        ask(question);
      }
    },
    get waiting() {
      return next !== null;
    },
    answered() {
      underway = false;
      if (next) {
        const question = next;
        next = null;
        this.ask(question);
      }
    },
  };
}
