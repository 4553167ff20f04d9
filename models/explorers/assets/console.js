// A board's console: typed at, run in slices, paused, stepped; the reader's own images from files.

const CONSOLE_SLICE = [20000, 100000000]; // instructions: the first slice, and the longest
const RATES = [["thousand", 1e3], ["million", 1e6]];

function renderConsole({ model, el }) {
  const spec = model.get("spec");
  const screen = make("pre", { className: "machine-console terminal", tabindex: 0,
    role: "region", "aria-label": "Console" });
  const status = make("p", { className: "machine-status", "aria-live": "polite" });
  const refusal = make("p", { className: "refusal", role: "alert" });
  const rate = make("p", { className: "machine-rate" });
  const now = make("code", { className: "machine-now" });
  const counters = machineTable("Counted since the start", ["Event", "Kind", "Count"]);
  const registers = registersView();
  let running = false;
  let stopping = false;

  function shown(state) {
    refusal.textContent = state.refusal;
    if (screen.textContent !== state.output) {
      screen.textContent = state.output;
      screen.scrollTop = screen.scrollHeight;
    }
    now.textContent = `${state.mode}-mode  ${state.pc}  ${state.text}`;
    counters.fill(state.counters);
    registers.mark(state);
    rate.textContent = `${state.count.toLocaleString("en")} instructions, `
      + `${state.interrupts.toLocaleString("en")} interrupts, `
      + `${state.traps.toLocaleString("en")} traps`
      + (state.tier === "webassembly"
        ? `, ${state.exits.toLocaleString("en")} exits from WebAssembly` : "");
    if (!running) status.textContent = sentence(state);
  }

  function sentence(state) {
    if (state.ended) return state.ended;
    return state.waiting ? "It waits: type something." : `Paused; next, ${state.text}`;
  }

  const talk = conversation(model, shown);
  const button = (text, press) => {
    const one = make("button", { type: "button", textContent: text });
    one.addEventListener("click", press);
    return one;
  };
  const run = button("Run", () => (running ? (stopping = true) : runOn()));
  const step = button("Step ▶", () => talk.ask({ do: "run", steps: 1 }));
  const reset = button("Reset", () => restart({ do: "reset" }));
  const idle = [step, reset];

  // In slices of about 50 ms, so that Pause and what is typed are heard between two of them.
  async function runOn() {
    if (running) return;
    [running, stopping] = [true, false];
    run.textContent = "Pause";
    for (const one of idle) one.disabled = true;
    let slice = CONSOLE_SLICE[0];
    let state = model.get("answer");
    do {
      const began = performance.now();
      const count = state.count;
      state = await talk.ask({ do: "run", steps: slice });
      const lasted = performance.now() - began;
      if (lasted < 40) slice = Math.min(2 * slice, CONSOLE_SLICE[1]);
      else if (lasted > 100) slice = Math.max(Math.round(slice / 2), 100);
      const speed = (state.count - count) / lasted * 1e3;
      const [word, unit] = RATES[Number(speed >= 1e6)];
      status.textContent = `Running, ${(speed / unit).toFixed(1)} ${word} instructions a second`;
    } while (state.stop === "limit" && !state.refusal && !stopping);
    running = false;
    run.textContent = "Run";
    for (const one of idle) one.disabled = false;
    shown(state);
  }

  async function restart(message, content = []) {
    stopping = true;
    const state = await talk.ask(message, content);
    if (!state.refusal) runOn();
  }

  // ---- typing: Enter sends the line, and a key alone if the field is left empty
  const line = make("input", { type: "text", autocomplete: "off", spellcheck: false,
    autocapitalize: "off", id: "console-line" });
  const type = make("form", { className: "console-type" },
    make("label", { htmlFor: line.id, textContent: "Type: " }), line, " ",
    make("button", { type: "submit", textContent: "Send" }));
  type.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = `${line.value}\n`;
    line.value = "";
    await talk.ask({ do: "type", text });
    runOn();
  });

  // ---- programs of the book; OpenSBI's image lies on the site
  const program = make("select", { id: "console-program" },
    ...spec.programs.map(([value, text]) => make("option", { value, textContent: text })));
  const start = button("Boot", async () => {
    const content = program.value === "opensbi" ? await fromSite(spec.opensbi) : [];
    restart({ do: "start", program: program.value }, content);
  });
  const choice = make("p", { className: "console-program" },
    make("label", { htmlFor: program.id, textContent: "Program: " }), program, " ", start);

  async function fromSite(path) {
    const root = document.documentElement.dataset.content_root ?? "./";
    const address = new URL(root + path, document.baseURI);
    const answer = await fetch(address).catch(() => null);
    return answer?.ok ? [await answer.arrayBuffer()] : [];
  }

  // ---- the reader's own images
  const files = ["Firmware (raw; without one, the book's)", "Kernel (raw)", "Initial RAM disk"]
    .map((text, n) => {
      const input = make("input", { type: "file", id: `console-file-${n}` });
      return { input, element: make("p", {},
        make("label", { htmlFor: input.id, textContent: `${text}: ` }), input) };
    });
  const words = make("input", { type: "text", autocomplete: "off", spellcheck: false,
    id: "console-arguments", value: "console=ttyS0 earlycon" });
  const boot = button("Boot these", async () => {
    const chosen = files.map(({ input }) => input.files[0]);
    const large = chosen.find((file, n) => file && file.size > spec.bytes[n]);
    const content = large ? [] : await Promise.all(chosen.filter(Boolean)
      .map((file) => file.arrayBuffer()));
    restart({ do: "boot", sizes: chosen.map((file) => file?.size ?? 0), arguments: words.value },
      content);
  });
  const own = folded("Boot your own images", false,
    make("p", { textContent: "They are read in this browser and stay in it." }),
    ...files.map(({ element }) => element),
    make("p", {}, make("label", { htmlFor: words.id, textContent: "Kernel's command line: " }),
      words), boot);

  el.replaceChildren(make("section", { className: "explorer live machine",
    "aria-label": spec.title },
    make("p", { className: "explorer-title", textContent: spec.title }), choice, screen, type,
    make("div", { className: "explorer-buttons", role: "group", "aria-label": "Run the board" },
      run, step, reset), status, rate, refusal, make("p", {}, now), own,
    folded("Registers and counters", false, registers.element, counters.element)));
  shown(model.get("answer"));
  return talk.close;
}
