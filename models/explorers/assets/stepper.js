// The single-stepper: an example program on the machine.

function renderStepper({ model, el }) {
  const spec = model.get("spec");
  const bench = machine(model);
  const examples = exampleList(spec, (name) => bench.ask({ do: "example", name }));
  el.replaceChildren(make("section", { className: "explorer live machine",
    "aria-label": spec.title },
    make("p", { className: "explorer-title", textContent: spec.title }), examples, bench.element));
  return bench.close;
}
