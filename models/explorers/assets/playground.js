// The playground: an editor that tells errors at the line, above the machine.

const TYPING = 300; // ms without a key before what is typed is assembled

function renderPlayground({ model, el }) {
  const spec = model.get("spec");
  const numbers = make("pre", { className: "editor-lines", "aria-hidden": "true" });
  const error = make("p", { className: "refusal", id: fresh("playground-error"),
    role: "alert" });
  const checked = make("p", { className: "changed", "aria-live": "polite" });
  const editor = make("textarea", { rows: 16, spellcheck: false, wrap: "off",
    autocapitalize: "off", "aria-label": "Program",
    value: model.get("answer").source });
  let wrong = null;

  function count() {
    const lines = editor.value.split("\n").length;
    numbers.replaceChildren(...Array.from({ length: lines }, (_, i) => {
      const bad = wrong?.line === i + 1;
      return make("span", { className: bad ? "wrong" : "", textContent: `${bad ? "⚠" : i + 1}\n` });
    }));
    numbers.scrollTop = editor.scrollTop;
  }

  function told(state, message) {
    if (["check", "load", "example"].includes(message.do)) {
      wrong = state.error;
      error.textContent = wrong ? wrong.text : "";
      go.hidden = !wrong;
      editor.setAttribute("aria-invalid", String(Boolean(wrong)));
      if (wrong) editor.setAttribute("aria-describedby", error.id);
      else editor.removeAttribute("aria-describedby");
      if (state.checked) checked.textContent = `${state.checked} Press Load to run it.`;
      if (wrong) checked.textContent = "";
    }
    // Who has typed meanwhile keeps what was typed.
    if (message.do === "example" && list.value === message.name) editor.value = state.source;
    if (message.do === "load" && !wrong && !state.refusal) {
      checked.textContent = "Loaded; the machine stands at the beginning.";
    }
    count();
  }

  const go = make("button", { type: "button", textContent: "Go to the line", hidden: true });
  go.addEventListener("click", () => {
    const lines = editor.value.split("\n");
    const start = lines.slice(0, wrong.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    editor.focus();
    editor.setSelectionRange(start + wrong.column - 1, start + lines[wrong.line - 1].length);
  });
  const bench = machine(model, told);
  const load = make("button", { type: "button", textContent: "Load" });
  load.addEventListener("click", () => bench.ask({ do: "load", source: editor.value }));
  const copy = (text, done) => copied(text, done, (told) => (checked.textContent = told));
  const asText = make("button", { type: "button", textContent: "Copy as text" });
  asText.addEventListener("click", () => copy(editor.value, "The program is copied."));
  const asLink = make("button", { type: "button", textContent: "Copy as link" });
  asLink.addEventListener("click", () => copy(linkTo("playground", { source: editor.value }),
    "The link is copied; it holds the whole program."));
  let timer = 0;
  editor.addEventListener("input", () => {
    const mine = list.value.startsWith(OWN) ? numberOf(list.value) : own.add("");
    own.set(mine, editor.value);
    choose(OWN + mine);
    count();
    clearTimeout(timer);
    timer = setTimeout(() => bench.ask({ do: "check", source: editor.value }), TYPING);
  });
  editor.addEventListener("scroll", () => (numbers.scrollTop = editor.scrollTop));
  editor.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    load.click();
  });
  const own = ownPrograms();
  const examples = exampleList(spec, (name) => {
    if (name.startsWith(OWN)) {
      open(own.texts[numberOf(name)]);
    } else {
      own.dropBlank();
      choose(name);
      bench.ask({ do: "example", name });
    }
  });
  const list = examples.querySelector("select");
  const choose = (name) => listOwn(list, own.texts, name);
  const open = (source) => {
    editor.value = source;
    bench.ask({ do: "load", source });
  };
  choose(spec.example);
  el.replaceChildren(make("section", { className: "explorer live machine",
    "aria-label": spec.title },
    make("p", { className: "explorer-title", textContent: spec.title }), examples,
    make("div", { className: "editor" }, numbers, editor), error, go, checked,
    make("div", { className: "explorer-buttons", role: "group",
      "aria-label": "Load and share" },
      load, asText, asLink, make("small", { textContent: "Ctrl+Enter loads, too." })),
    bench.element));
  count();
  const sent = linked("playground")?.get("source");
  if (sent) {
    choose(OWN + own.place(sent));
    open(sent);
    el.scrollIntoView({ block: "start" });
  }
  return () => {
    clearTimeout(timer);
    bench.close();
  };
}
