// The reader's own file: read in this browser, handed to the Python that runs in it.

function renderOwnDemand({ model, el }) {
  const spec = model.get("spec");
  const values = Object.fromEntries(spec.controls.map((p) => [p.name, p.default]));
  const file = make("input", { type: "file", accept: ".csv,text/csv", id: "own-demand-file" });
  const refusal = make("p", { className: "refusal", role: "alert" });
  const status = make("p", { className: "changed", "aria-live": "polite" });
  const facts = make("div", { className: "facts-place" });
  const area = make("div", { className: "picture-area" });
  const picture = make("figure", { className: "picture", role: "img", hidden: true }, area);
  const fetchText = once(() => new Promise((resolve) => {
    model.on("msg:custom", (message) => message.plotly && resolve(message.plotly));
    model.send({ plotly: true });
  }));

  const controls = {};
  const places = spec.controls.map((p) => {
    controls[p.name] = control(p, (value, settled) => {
      values[p.name] = value;
      if (settled) send();
    });
    controls[p.name].show(p.default);
    return controls[p.name].element;
  });

  async function send() {
    const [chosen] = file.files;
    if (!chosen) return;
    status.textContent = `Reading ${chosen.name} …`;
    const whole = chosen.size <= spec.bytes;
    const content = whole ? [await chosen.arrayBuffer()] : [];
    model.send({ values: { ...values }, size: chosen.size }, undefined, content);
  }
  file.addEventListener("change", send);

  function answer() {
    const reply = model.get("answer");
    Object.values(controls).forEach((one) => one.refuse());
    for (const [name, why] of Object.entries(reply.refusals ?? {})) controls[name].refuse(why);
    refusal.textContent = reply.refusal ?? "";
    status.textContent = reply.status ?? "";
    if (!reply.figure) return; // the last picture stays
    facts.innerHTML = reply.facts;
    picture.hidden = false;
    picture.setAttribute("aria-label", reply.alt);
    draw(area, reply.figure, fetchText);
  }
  model.on("change:answer", answer);
  el.replaceChildren(make("section", { className: "explorer live", "aria-label": spec.title },
    make("p", { className: "explorer-title", textContent: spec.title }),
    make("p", { textContent: spec.how }),
    make("label", { htmlFor: file.id, textContent: "File: " }), " ", file,
    make("div", { className: "explorer-controls" }, ...places),
    refusal, status, picture, facts));
  answer();
  return () => model.off("change:answer", answer);
}
