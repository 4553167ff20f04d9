// The guest that finds out: two boards in lock-step, their registers as cells, a lamp between.

// `ask`: lets Python run other instructions; null in the page before the press.
function wireDuel(section, follow, ask) {
  const known = JSON.parse(section.querySelector("script").textContent);
  const place = (selector) => section.querySelector(selector);
  const button = (name) => place(`button[data-do="${name}"]`);
  const holes = place('[data-duel="holes"]');
  const rule = place('[data-duel="rule"]');
  const editor = place("textarea");
  const printed = editor.value;
  let duel = null;
  let at = 0; // steps made

  const key = () => `${holes.checked ? "holes" : "plain"}/${rule.value}`;
  const state = (side) => (at ? duel.steps[at - 1][side] : duel.start);
  const broken = () => duel.steps.slice(0, at).find((step) => step.differs.length);

  function cell(value, before, differs) {
    const changed = value !== before;
    return make("td", { className: `${changed ? "duel-changed" : ""} ${differs ? "duel-other" : ""}`,
      textContent: value + (changed ? " ●" : "") });
  }

  function show(text) {
    const last = at > 1 ? duel.steps[at - 2] : { native: duel.start, guest: duel.start };
    const differs = at ? duel.steps[at - 1].differs : [];
    const [native, guest] = [state("native"), state("guest")];
    const rows = duel.names.map((name, i) => make("tr", {},
      make("th", { scope: "row", textContent: name }),
      cell(native[i], at ? last.native[i] : native[i], false),
      make("td", { className: "duel-sign", textContent: native[i] === guest[i] ? "=" : "≠" }),
      cell(guest[i], at ? last.guest[i] : guest[i], native[i] !== guest[i])));
    const head = ["", "Bare board", "", "Guest"].map((title) =>
      (title ? make("th", { scope: "col", textContent: title }) : make("td")));
    place(".duel-boards").replaceChildren(make("table", {},
      make("caption", { textContent: at ? `After ${at} of ${duel.steps.length}` : "Before" }),
      make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
    const first = broken();
    const lamp = place(".duel-lamp");
    lamp.textContent = first ? `≠ not equal since ${first.text}` : "= equal";
    lamp.classList.toggle("duel-broken", Boolean(first));
    place(".duel-told").textContent = text ?? sentence(differs);
    button("step").disabled = button("run").disabled = at === duel.steps.length;
    place(".facts-place").hidden = at < duel.steps.length;
  }

  function sentence(differs) {
    if (!at) return `Next on both: ${duel.steps[0]?.text ?? "nothing"}.`;
    const step = duel.steps[at - 1];
    const called = step.exits.length
      ? `The guest left for the hypervisor (${step.exits.join(", ")}).`
      : "Nothing trapped.";
    const seen = differs.length ? `Different now: ${differs.slice(0, 4).join(", ")}.`
      : "Both are equal.";
    const next = at < duel.steps.length ? `Next: ${duel.steps[at].text}.`
      : "That was the last one.";
    return `${at}: ${step.text}. ${called} ${seen} ${next}`;
  }

  async function load(text) {
    place(".refusal").textContent = "";
    const ours = editor.value === printed && known[key()];
    const reply = ours ? { duel: ours }
      : await ask({ lines: editor.value, holes: holes.checked, rule: rule.value });
    place(".refusal").textContent = reply.refusal ?? "";
    if (!reply.duel) return;
    duel = reply.duel;
    at = 0;
    place(".facts-place").innerHTML = duel.facts;
    show(text);
  }

  const moved = (what) => load(`${what} Both boards stand at the beginning again.`);
  holes.addEventListener("change", () =>
    moved(`Holes ${holes.checked ? "on" : "off"}.`));
  rule.addEventListener("change", () => moved(rule.value === "none" ? "Nothing is replaced."
    : `${rule.value} is replaced by a call of the hypervisor.`));
  editor.addEventListener("change", () => moved("Another program."));
  button("step").addEventListener("click", () => {
    at += 1;
    show();
  });
  button("run").addEventListener("click", () => {
    at = duel.steps.length;
    show();
  });
  button("back").addEventListener("click", () => {
    at = 0;
    show();
  });
  button("reset").addEventListener("click", () => {
    holes.checked = false;
    rule.value = "none";
    editor.value = printed;
    load();
  });
  button("link").addEventListener("click", () => copied(linkTo(section.dataset.explorer,
    { holes: holes.checked, rule: rule.value, lines: editor.value }),
    "The link is copied.", (text) => (place(".duel-told").textContent = text)));
  for (const name of ["step", "run", "back", "reset", "link"]) button(name).hidden = false;
  editor.readOnly = !ask;

  // Of a link only what the controls offer is taken; the program is checked in Python.
  const sent = linked(section.dataset.explorer);
  if (sent) {
    holes.checked = sent.get("holes") === "true";
    if ([...rule.options].some((one) => one.value === sent.get("rule"))) rule.value = sent.get("rule");
    if (ask) editor.value = sent.get("lines") ?? printed;
    if (follow) section.closest("details.guarded").scrollIntoView({ block: "start" });
  }
  load();
}

function renderFindOut({ model, el }) {
  el.innerHTML = model.get("html");
  const ask = asking(model);
  el.querySelectorAll("section.duel").forEach((section) => wireDuel(section, false, ask));
  el.querySelectorAll("details.guarded").forEach(openWhenPredicted);
}
