// Draws plain Plotly figures in the reader's theme. Shared by the page and by live widgets.

const PHONE = 480; // px, as models/explorers/figures.py
const MODELS_KEY = "models.prediction.";
const pictures = new Set();

function loadPlotly(fetchText) {
  if (globalThis.Plotly) return Promise.resolve(globalThis.Plotly);
  // One load for all pictures of the page, whoever asks first; the page itself knows a better way.
  globalThis.modelsPlotly ??= once(async () => {
    const address = URL.createObjectURL(new Blob([await fetchText()], { type: "text/javascript" }));
    return loadScript(address);
  });
  return globalThis.modelsPlotly();
}

function once(start) {
  let begun = null;
  return () => (begun ??= start());
}

function loadScript(address) {
  return new Promise((resolve, reject) => {
    // A module loader on the page would swallow the bundle's global: hide it while it loads.
    const define = globalThis.define;
    globalThis.define = undefined;
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => ((globalThis.define = define), resolve(globalThis.Plotly));
    script.onerror = () => ((globalThis.define = define), reject(new Error("Plotly did not load")));
    document.head.append(script);
  });
}

// A copy of a figure with every CSS variable replaced by its colour, which `colour` knows.
function coloured(value, colour) {
  if (typeof value === "string") {
    return value.replace(/var\((--[\w-]+)\)/g, (_, name) => colour(name));
  }
  if (Array.isArray(value)) {
    return typeof value[0] === "number" ? value : value.map((item) => coloured(item, colour));
  }
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, coloured(v, colour)]));
  }
  return value;
}

// The colours where an element stands; each is looked up once.
function colours(element) {
  const style = getComputedStyle(element);
  const known = {};
  return (name) => (known[name] ??= style.getPropertyValue(name).trim());
}

function merged(base, patch) {
  const result = { ...base };
  for (const [key, value] of Object.entries(patch || {})) {
    const both = value && typeof value === "object" && !Array.isArray(value) && base?.[key];
    result[key] = both ? merged(base[key], value) : value;
  }
  return result;
}

// The reader's kept prediction becomes a line at its place, or nothing.
function guessed(trace) {
  const guess = trace.meta?.guess;
  if (!guess) return trace;
  const kept = keptPrediction(guess.name);
  if (typeof kept?.value !== "number") return null;
  const place = Array(trace[guess.along === "x" ? "y" : "x"].length).fill(kept.value * guess.factor);
  return { ...trace, [guess.along]: place };
}

// At once where Plotly is there, so that the page is laid out only once for a new picture.
function draw(area, figure, fetchText) {
  area.figure = figure;
  if (globalThis.Plotly) return show(area);
  return loadPlotly(fetchText).then(() => area.figure === figure && show(area));
}

function show(area) {
  redraw(area);
  if (pictures.has(area)) return;
  pictures.add(area);
  area.watch = new ResizeObserver(() => area.clientWidth === area.width || redraw(area));
  area.watch.observe(area);
}

function redraw(area) {
  const width = area.clientWidth;
  if (!area.isConnected || !width || !area.figure) return;
  area.width = width;
  const { data, layout } = area.figure;
  const phone = width < PHONE ? layout.meta?.phone : {};
  const colour = colours(area);
  const traces = coloured(data.map(guessed).filter(Boolean), colour);
  const whole = coloured({ ...merged(layout, phone), width }, colour);
  const frame = unmoved(traces, whole);
  if (area.frame === frame) move(area, traces);
  else anew(area, traces, whole);
  area.frame = frame;
}

function anew(area, traces, layout) {
  const { height } = layout;
  if (height) area.style.minHeight = `${height}px`; // the stylesheet keeps room for a tall one
  Plotly.react(area, traces, layout, {
    displayModeBar: false,
    staticPlot: false,
    scrollZoom: false,
    doubleClick: false,
  });
  drawn(area);
}

// Who waits for a picture counts these.
function drawn(area) {
  area.dataset.drawn = String(Number(area.dataset.drawn || 0) + 1);
}

function redrawAll() {
  for (const area of pictures) {
    if (area.isConnected) {
      redraw(area);
    } else {
      area.watch.disconnect();
      pictures.delete(area);
    }
  }
}

const themes = new MutationObserver(redrawAll);
themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
if (document.body) themes.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);

// What the reader predicted stays in this browser; without storage, on this page.
const memory = (globalThis.modelsPredictions ??= {});

function keptPrediction(name) {
  try {
    return JSON.parse(localStorage.getItem(MODELS_KEY + name)) ?? memory[name] ?? null;
  } catch {
    return memory[name] ?? null;
  }
}

function keepPrediction(name, answer) {
  memory[name] = answer;
  try {
    if (answer) localStorage.setItem(MODELS_KEY + name, JSON.stringify(answer));
    else localStorage.removeItem(MODELS_KEY + name);
  } catch {
    // Storage is blocked (a private window, file://): the page's own memory serves.
  }
  globalThis.dispatchEvent(new CustomEvent("models:prediction", { detail: { name, answer } }));
}

addEventListener("models:prediction", redrawAll);
