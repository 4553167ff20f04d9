// The page before anything is pressed: pictures, the one slider that works already, predictions.

const bundle = document.currentScript?.dataset.plotly;
if (bundle) {
  const address = new URL(bundle, document.baseURI).href;
  globalThis.modelsPlotly = once(() =>
    globalThis.Plotly ? Promise.resolve(globalThis.Plotly) : loadScript(address));
}

function stillPicture(section) {
  const stored = section.querySelector("figure.picture > script");
  const area = section.querySelector(".picture-area");
  if (!stored || !area) return;
  const { figure, preview } = JSON.parse(stored.textContent);
  const sight = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    sight.disconnect();
    draw(area, preview ? withGhost(figure, figure) : figure);
  }, { rootMargin: "300px" });
  sight.observe(area);
  if (preview) previewControl(section, area, figure, preview);
}

// One control over answers that were computed when the book was built.
function previewControl(section, area, figure, preview) {
  const { parameter: p, frames } = preview;
  const changed = section.querySelector(".changed");
  const picture = section.querySelector("figure.picture");
  let before = figure;
  const show = (frame, text, settled) => {
    draw(area, withGhost({ ...figure, data: frame.data }, before));
    section.querySelector("table.facts").outerHTML = frame.facts;
    if (!settled) return;
    before = { data: frame.data };
    picture.setAttribute("aria-label", frame.alt);
    changed.textContent = `${p.label} ${text}. ${frame.alt}`;
  };
  const native = p.kind === "choice" || p.kind === "flag";
  const element = (native ? previewNative : previewSlider)(p, frames, show);
  element.append(make("small", { textContent: "Precomputed; Run live for any value." }));
  picture.before(element);
}

// A list or a box: every value has its frame.
function previewNative(p, frames, show) {
  const labels = p.kind === "choice" ? Object.fromEntries(p.choices) : { true: "on", false: "off" };
  const { element } = control(p, (value) => show(
    frames.find((frame) => frame.value === value), labels[value], true));
  element.classList.add("preview");
  return element;
}

function previewSlider(p, frames, show) {
  const id = fresh("models-preview");
  const slider = make("input", { type: "range", id, min: 0, max: frames.length - 1, step: 1 });
  const value = make("output", { htmlFor: id });
  const nearest = (wanted) => frames.reduce((best, frame, i) =>
    Math.abs(frame.value - wanted) < Math.abs(frames[best].value - wanted) ? i : best, 0);
  const say = (number) => {
    value.textContent = `${shown(number, p.digits)}${p.unit ? ` ${p.unit}` : ""}`;
    slider.setAttribute("aria-valuetext", value.textContent);
  };
  const move = (settled) => {
    const frame = frames[Number(slider.value)];
    say(frame.value);
    show(frame, value.textContent, settled);
  };
  slider.value = nearest(p.default);
  say(p.default);
  slider.addEventListener("input", () => move(false));
  slider.addEventListener("change", () => move(true));
  return make("div", { className: "control preview" },
    make("label", { htmlFor: id, textContent: p.label }), slider, value);
}

// As with_ghost in models/explorers/figures.py.
function withGhost(figure, before) {
  const ghosts = before.data
    .filter((trace) => trace.meta === "ghost")
    .map(({ fill, fillpattern, ...trace }) => ({
      ...trace, opacity: 0.4, showlegend: false, hoverinfo: "skip", meta: "old", mode: "lines",
    }));
  return { ...figure, data: [...ghosts, ...figure.data] };
}

function wirePage() {
  document.querySelectorAll("section.explorer").forEach(stillPicture);
  document.querySelectorAll("details.guarded").forEach(openWhenPredicted);
  document.querySelectorAll("form.prediction").forEach((form) => wirePrediction(form));
  document.querySelectorAll(".surprise[data-prediction]").forEach(wireSurprise);
  document.querySelectorAll("section.walk").forEach((section) => wireWalk(section, true));
  document.querySelectorAll("section.walks").forEach((section) => wireWalks(section, true));
  document.querySelectorAll("section.river").forEach((section) => wireRiver(section, true, null));
  document.querySelectorAll("section.layers").forEach((section) => wireLayers(section, true));
  document.querySelectorAll("section.duel").forEach((section) => wireDuel(section, true, null));
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", wirePage);
else wirePage();
