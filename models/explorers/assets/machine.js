// A machine to step through: shared by the stepper and the playground. Python runs every step.

const ABI = ("zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 "
  + "s11 t3 t4 t5 t6").split(" ");
const FIRST_SLICE = 2000; // steps; a slice then grows or shrinks to about 50 ms
const LONGEST_SLICE = 200000;

// One question at a time; `ask` resolves with Python's answer.
function conversation(model, shown) {
  let sequence = 0;
  let asked = Promise.resolve();
  const waiting = new Map();
  const heard = () => {
    const answer = model.get("answer");
    waiting.get(answer.seq)?.(answer);
    waiting.delete(answer.seq);
  };
  model.on("change:answer", heard);
  const put = (message, content) => new Promise((resolve) => {
    const seq = ++sequence;
    waiting.set(seq, resolve);
    model.send({ ...message, seq }, undefined, content);
  });
  const ask = (message, content = []) => {
    asked = asked.then(() => put(message, content)).then((answer) => (shown(answer, message), answer));
    return asked;
  };
  return { ask, close: () => model.off("change:answer", heard) };
}

function machineTable(caption, head) {
  const body = make("tbody");
  const table = make("table", {}, make("caption", { textContent: caption }),
    make("thead", {}, make("tr", {}, ...head.map((name) =>
      make("th", { scope: "col", textContent: name })))), body);
  const element = make("div", { className: "machine-table", tabindex: 0, role: "region",
    "aria-label": caption }, table);
  const fill = (rows) => body.replaceChildren(...rows.map((cells) =>
    make("tr", {}, ...cells.map((cell) => make("td", { textContent: cell })))));
  return { element, fill };
}

function folded(title, open, ...children) {
  return make("details", { className: "more", open }, make("summary", { textContent: title }),
    ...children);
}

// The listing: a button a line, pressed where the run is to stop.
function listingView(toggle) {
  const list = make("ol", { className: "machine-listing" });
  let shown = "";
  let buttons = {};
  const fill = (listing) => {
    buttons = {};
    list.replaceChildren(...listing.map((line) => {
      const button = make("button", { type: "button", className: "breakpoint", textContent: "○",
        "aria-label": `Breakpoint at ${line.address}: ${line.source}`, "aria-pressed": "false" });
      button.addEventListener("click", () => toggle(line.address));
      const item = make("li", {}, button, make("code", { className: "address",
        textContent: line.address }), make("code", { className: "bytes", textContent: line.bytes }),
        make("code", { className: "label", textContent: line.label ? `${line.label}:` : "" }),
        make("code", { textContent: line.source }));
      (buttons[line.address] ??= []).push({ button, item });
      return item;
    }));
  };
  const mark = (state) => {
    const text = JSON.stringify(state.listing);
    if (text !== shown) fill(state.listing);
    shown = text;
    for (const [address, places] of Object.entries(buttons)) {
      const set = state.breakpoints.includes(address);
      for (const { button, item } of places) {
        button.setAttribute("aria-pressed", String(set));
        button.textContent = set ? "●" : "○";
        item.classList.toggle("here", address === state.here);
        if (address !== state.here) item.removeAttribute("aria-current");
        else {
          item.setAttribute("aria-current", "step");
          // Scrolls the list alone: the page must not jump at a step.
          list.scrollTop = item.offsetTop - list.clientHeight / 2;
        }
      }
    }
  };
  return { element: list, mark };
}

function registersView() {
  const values = ABI.map(() => make("dd"));
  const places = ABI.map((name, n) => make("div", {},
    make("dt", { textContent: name, title: `x${n}` }), values[n]));
  const element = make("dl", { className: "machine-registers", "aria-label": "Registers" },
    ...places);
  const mark = (state) => state.registers.forEach((value, n) => {
    const changed = state.changed.includes(n);
    values[n].textContent = (changed ? "● " : "") + value;
    places[n].classList.toggle("changed-register", changed);
  });
  return { element, mark };
}

// The machine below whatever loads it; returns its element and `ask`.
function machine(model, told = () => {}) {
  const status = make("p", { className: "machine-status", "aria-live": "polite" });
  const refusal = make("p", { className: "refusal", role: "alert" });
  const progress = make("progress", { hidden: true, "aria-label": "Steps of this run" });
  const mode = make("strong", { className: "mode" });
  const now = make("code", { className: "machine-now" });
  const output = make("pre", { className: "machine-console", tabindex: 0,
    role: "region", "aria-label": "Console" });
  const csrs = machineTable("Control registers", ["Name", "Value"]);
  const walk = machineTable("Entries that a walk reads", ["Level", "At", "Entry", "Flags"]);
  const ways = make("ul");
  const memory = machineTable("Memory", ["Address", "Bytes", "Text"]);
  const traps = machineTable("Traps, latest first", ["Step", "Cause", "From", "To"]);
  const counters = machineTable("Counted since the start", ["Event", "Kind", "Count"]);
  const listing = listingView((address) => talk.ask({ do: "break", address }));
  const registers = registersView();
  let stopping = false;
  let running = false;

  function shown(state, message) {
    refusal.textContent = state.refusal;
    mode.textContent = `${state.mode}-mode`;
    mode.dataset.mode = state.mode;
    now.textContent = `${state.pc}  ${state.text}`;
    output.textContent = state.console || "(nothing printed yet)";
    csrs.fill(state.csrs);
    ways.replaceChildren(...state.ways.map((one) => make("li", { textContent: one.note })));
    walk.fill(state.ways.flatMap((one) => one.rows));
    walk.element.hidden = !state.ways.some((one) => one.rows.length);
    memory.fill(state.memory);
    traps.fill(state.traps);
    counters.fill(state.counters);
    listing.mark(state);
    registers.mark(state);
    back.disabled = running || state.count === 0;
    if (!running) status.textContent = sentence(state);
    told(state, message);
  }

  function sentence(state) {
    const changes = state.changed.slice(0, 3).map((n) => `${ABI[n]} is ${state.registers[n]}`);
    const why = state.stop === "breakpoint" ? ["stopped at a breakpoint"] : [];
    const where = state.ended || `next, in ${state.mode}-mode: ${state.text}`;
    return [`After step ${state.count.toLocaleString("en")}`, ...why, ...changes, where].join("; ");
  }

  const talk = conversation(model, shown);
  const button = (text, press) => {
    const one = make("button", { type: "button", textContent: text });
    one.addEventListener("click", press);
    return one;
  };
  const steps = make("input", { type: "text", inputMode: "numeric", value: "1",
    autocomplete: "off", "aria-label": "Steps at a time" });
  // What is no number goes to Python as 0, which refuses it in words.
  const wanted = () => Number.parseInt(steps.value.replaceAll(",", ""), 10) || 0;
  const back = button("◀ Back", () => talk.ask({ do: "back", steps: wanted() }));
  const step = button("Step ▶", () => talk.ask({ do: "run", steps: wanted() }));
  const run = button("Run", () => (running ? (stopping = true) : runOn()));
  const reset = button("To the beginning", () => talk.ask({ do: "reset" }));

  // In slices, so that Stop is heard between two of them.
  async function runOn() {
    [running, stopping] = [true, false];
    run.textContent = "Stop";
    for (const one of [back, step, reset]) one.disabled = true;
    progress.hidden = false;
    progress.removeAttribute("value");
    let slice = FIRST_SLICE;
    let state = null;
    do {
      const began = performance.now();
      state = await talk.ask({ do: "run", steps: slice });
      const lasted = performance.now() - began;
      if (lasted < 40) slice = Math.min(2 * slice, LONGEST_SLICE);
      else if (lasted > 100) slice = Math.max(Math.round(slice / 2), 100);
      progress.textContent = `${state.count.toLocaleString("en")} steps`;
      now.textContent = `${state.count.toLocaleString("en")} steps so far …`;
    } while (state.stop === "limit" && !state.refusal && !stopping);
    running = false;
    run.textContent = "Run";
    progress.hidden = true;
    for (const one of [step, reset]) one.disabled = false;
    shown({ ...state, changed: [] }, { do: "run" });
  }

  const at = make("input", { type: "text", autocomplete: "off", spellcheck: false });
  at.addEventListener("change", () => talk.ask({ do: "memory", address: at.value }));
  const keys = { ArrowRight: step, ArrowLeft: back };
  const buttons = make("div", { className: "explorer-buttons", role: "group",
    "aria-label": "Run the program" }, back, step, make("label", { className: "machine-steps" },
    steps, " steps at a time"), run, reset);
  buttons.addEventListener("keydown", (event) => {
    const pressed = event.target === steps ? null : keys[event.key];
    if (!pressed || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (!pressed.disabled) pressed.click();
  });
  const element = make("div", { className: "machine-body" },
    buttons, progress, refusal,
    make("p", { className: "machine-where" }, mode, " ", now), status,
    listing.element, registers.element,
    make("div", { className: "machine-panels" },
      make("div", {},
        folded("Console", true, output),
        folded("Traps", true, traps.element),
        folded("Counters", false, counters.element)),
      make("div", {},
        folded("Way of the next accesses", true, ways, walk.element),
        folded("Memory", true, make("label", {}, "At a label or hexadecimal address, or empty to "
          + "follow the program ", at), memory.element),
        folded("Control registers", false, csrs.element))));
  shown(model.get("answer"), {});
  return { element, ask: talk.ask, close: talk.close };
}

function exampleList(spec, chosen) {
  const list = make("select", {}, ...spec.examples.map(([value, textContent]) =>
    make("option", { value, textContent })));
  list.value = spec.example;
  list.addEventListener("change", () => chosen(list.value));
  return make("label", { className: "machine-example" }, "Example ", list);
}
