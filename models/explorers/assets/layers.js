// The layer counter: an operation's way through the layers, a hop at a time.

const HOPS_IN = 4000; // ms at most for one whole pass
const ONE_HOP = 200;

function wireLayers(section, follow) {
  const data = JSON.parse(section.querySelector("script").textContent);
  const lists = [...section.querySelectorAll("select[data-setting]")];
  const picture = section.querySelector(".layers-picture");
  const told = section.querySelector(".layers-told");
  const button = (name) => section.querySelector(`button[data-do="${name}"]`);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let lanes, crossing, made, timer, places;

  const tell = (text) => (told.textContent = text);
  const last = () => crossing.path.length - 1;

  function begin() {
    stop();
    const [arrangement, operation] = lists.map((list) => list.value);
    lanes = data.lanes[arrangement];
    crossing = data.crossings[`${arrangement}/${operation}`];
    made = 0;
    picture.replaceChildren(...lanes.map((lane) => make("div", { className: "layers-lane" },
      make("span", { className: "layers-tile", textContent: lane.letter,
        style: `background:var(--${lane.role});color:var(--${lane.role}-label);` +
          `border-color:var(--${lane.role}-line)` }),
      make("span", { className: "layers-name", textContent: lane.name }))), drawing());
    picture.setAttribute("aria-label", crossing.says);
    section.querySelector(".facts-place").innerHTML = crossing.facts;
    for (const name of ["play", "step", "reset", "link"]) button(name).hidden = false;
    show();
    tell("Not begun.");
  }

  // Places in per cent of the picture: a column for each stop, the lower part of a lane.
  function drawing() {
    const columns = crossing.path.length;
    places = crossing.path.map((layer, i) => [
      columns === 1 ? 50 : 3 + 94 * i / (columns - 1),
      100 * (lanes.findIndex((lane) => lane.layer === layer) + 0.74) / lanes.length,
    ]);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 100 100");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    for (const kind of ["ahead", "made"]) {
      const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
      line.setAttribute("class", `layers-${kind}`);
      line.setAttribute("vector-effect", "non-scaling-stroke");
      svg.append(line);
    }
    svg.querySelector(".layers-ahead").setAttribute("points", points(places));
    const token = make("span", { className: "layers-token", "aria-hidden": "true" });
    return make("div", { className: "layers-way" }, svg, token);
  }

  // A hop goes down or up at once, and then along its lane.
  function points(stops) {
    return stops.flatMap(([x, y], i) => i ? [`${x},${stops[i - 1][1]}`, `${x},${y}`] : [`${x},${y}`])
      .join(" ");
  }

  function show() {
    picture.querySelector(".layers-made").setAttribute("points", points(places.slice(0, made + 1)));
    const [x, y] = places[made];
    const token = picture.querySelector(".layers-token");
    token.style.left = `${x}%`;
    token.style.top = `${y}%`;
    [...picture.querySelectorAll(".layers-lane")].forEach((one, i) =>
      one.classList.toggle("layers-runs", lanes[i].layer === crossing.path[made]));
    button("step").disabled = made === last();
  }

  function hop() {
    made += 1;
    show();
    const lane = lanes.find((one) => one.layer === crossing.path[made]);
    tell(made === last() ? `Done. ${crossing.says}`
      : `Hop ${made} of ${last()}: ${lane.name.toLowerCase()}.`);
    if (made === last()) stop();
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    button("play").textContent = "Play";
  }

  function play() {
    if (timer) return stop();
    if (made === last()) made = 0;
    if (!last()) return tell(`Done. ${crossing.says}`);
    if (still) {
      made = last() - 1;
      return hop();
    }
    button("play").textContent = "Pause";
    timer = setInterval(hop, Math.min(ONE_HOP, HOPS_IN / last()));
  }

  wireLists(section, follow, begin, tell);
  button("play").addEventListener("click", play);
  button("step").addEventListener("click", () => { stop(); hop(); });
  button("reset").addEventListener("click", begin);
  begin();
}

function renderLayers({ model, el }) {
  el.innerHTML = model.get("html");
  el.querySelectorAll("section.layers").forEach((section) => wireLayers(section, false));
}
