// The live explorer: controls, what changed, facts, picture. Python answers every question.

function renderExplorer({ model, el }) {
  const spec = model.get("spec");
  const changed = make("p", { className: "changed", "aria-live": "polite" });
  const alarm = make("p", { className: "refusal", role: "alert" });
  const facts = make("div", { className: "facts-place" });
  const area = make("div", { className: "picture-area" });
  const picture = make("figure", { className: "picture", role: "img" }, area);
  const fetchText = once(() => new Promise((resolve) => {
    const listen = (message) => {
      if (!message.plotly) return;
      model.off("msg:custom", listen);
      resolve(message.plotly);
    };
    model.on("msg:custom", listen);
    model.send({ plotly: true });
  }));

  let asked = 0;
  const line = oneAtATime((question) => model.send({ ...question, seq: ++asked }));
  const ask = (question) => line.ask(question);
  const controls = {};
  const places = ([...spec.controls, ...spec.more]).map((p) => {
    controls[p.name] = control(p, (value, settled) => ask({ set: { [p.name]: value }, settled }));
    return controls[p.name].element;
  });

  function answer() {
    const reply = model.get("answer");
    // Before the page has to be laid out anew.
    if (reply.figure) draw(area, JSON.parse(reply.figure), fetchText);
    for (const [name, one] of Object.entries(controls)) {
      one.refuse(reply.refusals[name]);
      // What the reader has moved meanwhile is not pulled from under the hand.
      const current = reply.settled && !line.waiting && !reply.refusals[name];
      if (current) one.show(reply.values[name]);
    }
    alarm.textContent = reply.alarm;
    seed.textContent = reply.seed === null ? "" : `Seed ${reply.seed}`;
    if (reply.figure) {
      facts.innerHTML = reply.facts;
      picture.setAttribute("aria-label", reply.alt);
    }
    if (reply.settled && reply.changed) changed.textContent = reply.changed;
    if (reply.seq) line.answered();
  }

  const link = make("button", { type: "button", textContent: "Copy link to these settings" });
  link.addEventListener("click", () => {
    const { values, seed } = model.get("answer");
    const drawn = seed === null ? {} : { [SEED]: seed };
    copied(linkTo(spec.name, { ...values, ...drawn }), "The link is copied.",
      (text) => (changed.textContent = text));
  });
  const reset = make("button", { type: "button", textContent: "Reset" });
  reset.addEventListener("click", () => ask({ reset: true }));
  const presets = spec.presets.map((name) => {
    const button = make("button", { type: "button", textContent: name });
    button.addEventListener("click", () => ask({ preset: name }));
    return button;
  });
  const seed = make("span");
  const body = make("section", { className: "explorer live", "aria-label": spec.title },
    make("p", { className: "explorer-title", textContent: spec.title }),
    make("div", { className: "explorer-controls" }, ...places.slice(0, spec.controls.length)),
    ...(spec.more.length ? [make("details", { className: "more" },
      make("summary", { textContent: "More" }), ...places.slice(spec.controls.length))] : []),
    make("div", { className: "explorer-buttons", role: "group", "aria-label": "Settings" },
      ...presets, reset, link, seed),
    alarm, picture, changed, facts);

  el.replaceChildren(spec.guard ? guard(body, spec.guard) : body);
  model.on("change:answer", answer);
  answer();
  const settings = linked(spec.name);
  if (settings) {
    const { [SEED]: wanted, ...set } = Object.fromEntries(settings);
    ask({ set, seed: wanted, settled: true });
    el.scrollIntoView({ block: "start" });
  }
  whenSeen(el, () => model.send({ rehearse: true }));
  return () => model.off("change:answer", answer);
}

// Once the page is live and an element comes into sight.
function whenSeen(element, call) {
  const root = document.documentElement;
  const started = new MutationObserver(() => look());
  const sight = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    sight.disconnect();
    call();
  });
  const look = () => {
    if (root.dataset.live === "starting") return;
    started.disconnect();
    sight.observe(element);
  };
  started.observe(root, { attributeFilter: ["data-live"] });
  look();
}

function guard(body, name) {
  const details = make("details", { className: "guarded" },
    make("summary", { textContent: "Show the result without predicting" }), body);
  details.dataset.guard = name;
  openWhenPredicted(details);
  return details;
}

// In a link beside the settings; no parameter of a model can have this name.
const SEED = "~seed";
