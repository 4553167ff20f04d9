// The River: 1000 dots, one an instruction, through three lanes. Drawn on a canvas.

const RIVER_PASS = 3600; // ms of one pass, at most 4 s
const RIVER_DROP = 220; // ms of one dot's way
const RIVER_COUNT = "count";

// The same order each time: a small generator with seed 1 (mulberry32).
function riverOrder(length) {
  let state = 1;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

// Where each dot lies. In cost a dot is as wide as what it takes; `scale` is pixels a cycle.
function riverPlaces(flow, shown, width, rows) {
  const dots = flow.dots.flatMap((count, group) => Array(count).fill(group));
  const order = riverOrder(dots.length);
  const each = shown === RIVER_COUNT ? null : flow.costs[shown].each;
  const sequence = order.map((from) => dots[from]);
  const columns = Math.ceil(sequence.length / rows);
  // A dot stands for its share of a rate that is no whole number; rates below one dot come last.
  const taken = each?.map((cycles, g) => cycles * flow.rates[g]);
  const rare = each ? taken.reduce((sum, c, g) => sum + (flow.dots[g] ? 0 : c), 0) : 0;
  const total = each ? taken.reduce((sum, c) => sum + c, 1000 + flow.costs[shown].walks) : 0;
  const scale = each ? width / total : 0;
  let x = 0;
  const placed = sequence.map((group, i) => {
    const [mode, way, reason] = flow.groups[group];
    const dot = { mode, way, reason, cost: each?.[group], row: i % rows, wide: 0, x: 0 };
    if (each) {
      dot.x = x;
      dot.wide = (taken[group] / flow.dots[group]) * scale;
      x += scale + dot.wide;
    } else {
      dot.x = ((Math.floor(i / rows) + 0.5) * width) / columns;
    }
    return dot;
  });
  return { placed, scale, end: x, rare: rare * scale };
}

function riverSentence(flow, shown) {
  const exits = {};
  flow.groups.forEach(([, , reason], i) => {
    if (reason) exits[reason] = (exits[reason] ?? 0) + flow.dots[i];
  });
  const handled = Object.values(exits).reduce((a, b) => a + b, 0);
  const named = Object.entries(exits).filter(([, n]) => n).sort((a, b) => b[1] - a[1])
    .map(([reason, n]) => `${reason} ${n}`).join(", ");
  const first = handled ? `Of 1,000 instructions, ${1000 - handled} go straight to the processor ` +
    `and ${handled} by way of the hypervisor (${named}).`
    : "All 1,000 dots go straight to the processor: exits are too rare for a dot.";
  if (shown === RIVER_COUNT) return first;
  const [, value, unit] = flow.costs[shown].fact;
  return `${first} Of the cycles that all this takes, ${value} ${unit} is the guest's own.`;
}

// Draws everything up to `time` (ms of the pass; Infinity: the end).
function riverPaint(canvas, flow, shown, time, chosen) {
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const width = canvas.parentElement.clientWidth;
  const rows = width < PHONE ? 20 : 10;
  const pad = 8;
  const inner = width - 2 * pad;
  const pitch = inner / Math.ceil(1000 / rows);
  const deep = rows * pitch + 28;
  const lanes = { hypervisor: 0, guest: deep + 4, processor: deep + 38 };
  const height = 2 * deep + 38;
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.font = `13px ${style.getPropertyValue("--sans")}`;

  const lane = (y, deepness, fill, line, ink, text) => {
    pen.fillStyle = fill;
    pen.fillRect(0, y, width, deepness);
    pen.strokeStyle = line;
    pen.strokeRect(0.5, y + 0.5, width - 1, deepness - 1);
    pen.fillStyle = ink;
    pen.fillText(text, pad, y + 17);
  };
  lane(lanes.hypervisor, deep, colour("paper"), colour("host-kernel"), colour("ink"),
    "Hypervisor: does it, or is only visited (ring)");
  pen.fillStyle = colour("host-kernel");
  pen.fillRect(0, lanes.hypervisor, 4, deep);
  lane(lanes.guest, 30, colour("paper"), colour("guest-kernel"), colour("ink"),
    chosen ? "" : shown === RIVER_COUNT ? "Guest: 1,000 instructions, order drawn by lot"
      : "Guest: time in cycles →");
  pen.fillStyle = colour("guest-kernel");
  pen.fillRect(0, lanes.guest, 4, 30);
  lane(lanes.processor, deep, colour("hardware"), colour("hardware-line"),
    colour("hardware-label"), width < PHONE ? "Processor: ■ kernel ● program"
      : `Processor: ■ the guest's kernel ${flow.groups.some((g) => g[1] === "translated")
        ? "(◆ translated) " : ""}● its program`);

  const missing = shown !== RIVER_COUNT && !flow.costs[shown];
  if (missing) return null;
  const { placed, end, scale, rare } = riverPlaces(flow, shown, inner, rows);
  const above = (dot) => lanes.hypervisor + 24 + (dot.row + 0.5) * pitch;
  const below = (dot) => lanes.processor + 24 + (dot.row + 0.5) * pitch;
  const middle = lanes.guest + 15;
  const radius = Math.max(1.4, pitch * 0.36);

  const mark = (dot, x, y) => {
    pen.beginPath();
    if (dot.way === "translated") {
      pen.moveTo(x, y - radius * 1.3);
      pen.lineTo(x + radius * 1.3, y);
      pen.lineTo(x, y + radius * 1.3);
      pen.lineTo(x - radius * 1.3, y);
      pen.closePath();
    } else if (dot.mode === "S") pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else pen.arc(x, y, radius, 0, 7);
  };
  placed.forEach((dot, i) => {
    const share = Math.min(1, (time - (i / 1000) * (RIVER_PASS - RIVER_DROP)) / RIVER_DROP);
    if (share <= 0) return;
    const x = pad + dot.x;
    const own = colour(dot.mode === "S" ? "guest-kernel" : "guest-user");
    const through = (y) => middle + (y - middle) * share;
    if (dot.reason) {
      pen.fillStyle = pen.strokeStyle = colour("host-kernel");
      if (shown === RIVER_COUNT) {
        mark(dot, x, through(above(dot)));
        if (dot.way === "done") pen.fill();
        else pen.stroke();
      } else {
        const high = (deep - 30) * share;
        pen.fillRect(x, lanes.hypervisor + deep - 4 - high, Math.max(dot.wide - 0.6, 0.4), high);
      }
    }
    if (dot.way === "done") return;
    pen.fillStyle = own;
    if (shown === RIVER_COUNT) {
      mark(dot, x, through(below(dot)));
      pen.fill();
    } else {
      const high = (deep - 30) * share;
      pen.fillRect(x + dot.wide, lanes.processor + 26, Math.max(scale, 0.25), high);
    }
  });
  if (shown !== RIVER_COUNT && time >= RIVER_PASS) {
    pen.fillStyle = colour("host-kernel");
    pen.fillRect(pad + end, lanes.hypervisor + 26, rare, deep - 30);
    hatched(pen, pad + end + rare, lanes.processor + 26, inner - end - rare, deep - 30,
      colour("ink"));
  }
  if (chosen) riverExit(pen, chosen, placed, { pad, wide: width, middle, above, below, lanes, deep, radius,
    ink: colour("ink"), paper: colour("paper"), counted: shown === RIVER_COUNT, pitch });
  return placed;
}

// Longer page walks: the processor's work, and not the guest's.
function hatched(pen, x, y, wide, high, ink) {
  if (wide < 1) return;
  pen.save();
  pen.beginPath();
  pen.rect(x, y, wide, high);
  pen.clip();
  pen.strokeStyle = ink;
  pen.lineWidth = 0.7;
  for (let at = x - high; at < x + wide; at += 6) {
    pen.beginPath();
    pen.moveTo(at, y + high);
    pen.lineTo(at + high, y);
    pen.stroke();
  }
  pen.restore();
}

// One exit: numbered stations, and a token between them.
function riverExit(pen, chosen, placed, at) {
  const dot = placed[chosen.index];
  const x = at.pad + dot.x + (at.counted ? 0 : dot.wide / 2);
  const top = at.counted ? at.above(dot) : at.lanes.hypervisor + at.deep / 2;
  const last = dot.way === "visited"
    ? (at.counted ? at.below(dot) : at.lanes.processor + at.deep / 2) : at.middle;
  const aside = x > at.pad + 60 ? -14 : 14;
  const on = x < at.wide / 2 ? 34 : -34; // where the guest goes on is drawn beside, to be seen
  const stations = [[x, at.middle], [x, top], [x + (last === at.middle ? on : 0), last]];
  pen.strokeStyle = pen.fillStyle = at.ink;
  pen.lineWidth = 2;
  pen.beginPath();
  stations.forEach(([px, py], i) => (i ? pen.lineTo(px, py) : pen.moveTo(px, py)));
  pen.stroke();
  stations.forEach(([px, py], i) => {
    pen.fillStyle = at.paper;
    const beside = i === 2 && last === at.middle ? Math.sign(on) * 14 : aside;
    pen.fillRect(px + beside - 6, py - 8, 12, 16);
    pen.fillStyle = at.ink;
    pen.fillText(String(i + 1), px + beside - 4, py + 5);
  });
  const leg = Math.min(chosen.share * 2, 1.999);
  const [a, b] = [stations[Math.floor(leg)], stations[Math.floor(leg) + 1]];
  const f = chosen.share >= 1 ? 1 : leg % 1;
  pen.beginPath();
  pen.arc(a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f, at.radius + 3, 0, 7);
  pen.fill();
  pen.lineWidth = 1;
}

// `run`: asks Python to run the engine; null in the page before the press.
function wireRiver(section, follow, run) {
  const { flows, told: words } = JSON.parse(section.querySelector("script").textContent);
  const place = (selector) => section.querySelector(selector);
  const button = (name) => place(`button[data-do="${name}"]`);
  const lists = Object.fromEntries([...section.querySelectorAll("select[data-setting]")]
    .map((list) => [list.dataset.setting, list]));
  const first = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.value]));
  const figure = place(".river-picture");
  const canvas = place("canvas");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const told = (text) => (place(".river-told").textContent = text);
  let time = Infinity;
  let chosen = null;
  let exits = -1; // the last one that was stepped through
  let frame = 0;

  const flow = () => flows[`${lists.engine.value}/${lists.workload.value}`];
  const priced = () => lists.shown.value === RIVER_COUNT || flow().costs[lists.shown.value];
  const paint = () => riverPaint(canvas, flow(), lists.shown.value, time, chosen);

  function settle() {
    cancelAnimationFrame(frame);
    [time, chosen, exits] = [Infinity, null, -1];
    button("flow").textContent = "Let it flow";
    for (const name of ["flow", "step"]) button(name).disabled = !priced();
    paint();
    const text = priced() ? riverSentence(flow(), lists.shown.value)
      : "The processor of that year has no mode for guests with two page tables: no cost to show.";
    told(text);
    figure.setAttribute("aria-label", text);
    const rows = [...flow().facts];
    const cost = flow().costs[lists.shown.value];
    if (cost) rows.push(cost.fact);
    place(".facts-place tbody").replaceChildren(...rows.map(([name, value, unit]) =>
      make("tr", {}, make("th", { scope: "row", textContent: name }),
        make("td", { textContent: value }), make("td", { textContent: unit }))));
  }

  function pass() {
    if (still.matches) return settle();
    if (frame && time < RIVER_PASS) { // pause
      cancelAnimationFrame(frame);
      frame = 0;
      button("flow").textContent = "Flow on";
      return undefined;
    }
    if (!(time < RIVER_PASS)) time = 0;
    chosen = null;
    button("flow").textContent = "Pause";
    let before = performance.now();
    const tick = (now) => {
      time += Math.min(now - before, 50);
      before = now;
      paint();
      if (time < RIVER_PASS) frame = requestAnimationFrame(tick);
      else {
        frame = 0;
        settle();
      }
    };
    frame = requestAnimationFrame(tick);
    return undefined;
  }

  function step() {
    cancelAnimationFrame(frame);
    frame = 0;
    [time, chosen] = [Infinity, null];
    button("flow").textContent = "Let it flow";
    const placed = paint();
    const all = placed.map((dot, i) => [dot, i]).filter(([dot]) => dot.reason);
    if (!all.length) return told("None of these 1,000 is an exit.");
    exits = (exits + 1) % all.length;
    const [dot, index] = all[exits];
    const [what, does] = words[dot.reason];
    const cycles = dot.cost ? ` Here that takes ${dot.cost.toLocaleString("en")} cycles.` : "";
    const called = dot.reason === "interpreted" ? "Instruction" : "Exit";
    told(`${called} ${exits + 1} of ${all.length}, ${dot.reason}. 1: an instruction of the ` +
      `${dot.mode === "S" ? "kernel" : "program"} ${what}. 2: the hypervisor ${does}. 3: ` +
      `${dot.way === "done" ? "the guest goes on" : "the processor goes on"}.${cycles}`);
    const began = performance.now();
    const move = (now) => {
      chosen = { index, share: still.matches ? 1 : Math.min(1, Math.max(0, now - began) / 500) };
      paint();
      if (chosen.share < 1) frame = requestAnimationFrame(move);
    };
    move(began);
    return undefined;
  }

  const sent = linked(section.dataset.explorer);
  for (const [name, list] of Object.entries(lists)) {
    const wanted = sent?.get(name);
    if ([...list.options].some((option) => option.value === wanted)) list.value = wanted;
    list.addEventListener("change", settle);
  }
  if (sent && follow) section.closest("details.guarded").scrollIntoView({ block: "start" });
  button("flow").addEventListener("click", pass);
  button("step").addEventListener("click", step);
  button("reset").addEventListener("click", () => {
    for (const [name, list] of Object.entries(lists)) list.value = first[name];
    place(".river-run").replaceChildren();
    settle();
  });
  button("link").addEventListener("click", () => copied(linkTo(section.dataset.explorer,
    Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.value]))),
    "The link is copied.", told));
  button("run").addEventListener("click", async () => {
    button("run").disabled = true;
    told("The engine runs …");
    const reply = await run({ engine: lists.engine.value, workload: lists.workload.value });
    button("run").disabled = false;
    place(".refusal").textContent = reply.alarm;
    place(".river-run").innerHTML = reply.facts;
    told(reply.alarm ? "" : "The engine has run; its counts stand below.");
  });
  for (const name of ["flow", "step", "reset", "link"]) button(name).hidden = false;
  button("run").hidden = !run;
  new ResizeObserver(paint).observe(figure);
  new MutationObserver(paint).observe(document.documentElement,
    { attributes: true, attributeFilter: ["data-theme"] });
  settle();
}

function renderRiver({ model, el }) {
  el.innerHTML = model.get("html");
  const run = asking(model);
  el.querySelectorAll("section.river").forEach((section) => wireRiver(section, false, run));
  el.querySelectorAll("details.guarded").forEach(openWhenPredicted);
}
