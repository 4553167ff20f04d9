// A prediction: takes the reader's number before the run is shown, keeps it, then shows both.

function wirePrediction(form, told = () => {}) {
  const spec = JSON.parse(form.querySelector("script").textContent);
  const feedback = form.querySelector(".feedback");
  const refusal = form.querySelector(".refusal");
  const again = form.querySelector("button.again");

  function show(answer) {
    form.classList.toggle("answered", answer !== null);
    again.hidden = answer === null;
    feedback.replaceChildren();
    if (answer === null) return;
    for (const input of form.querySelectorAll("input")) {
      if (input.name === "guess" && input.type === "text") input.value = answer.value;
      if (input.type === "radio") {
        const own = input.name === "guess" ? answer.value : answer.confidence;
        input.checked = input.value === String(own);
      }
    }
    const said = spec.options ? spec.options[answer.value] : shown(answer.value, spec.digits);
    const sure = answer.confidence ? ` (${answer.confidence} % sure)` : "";
    const unit = spec.unit ? ` ${spec.unit}` : "";
    feedback.append(
      make("p", { className: "both" }, make("span", { className: "said",
        textContent: `◇ You said ${said}${spec.options ? "" : unit}${sure}.` }), " ",
      make("strong", { textContent: `● The run says ${spec.truth}.` })),
      make("p", { textContent: says(spec, answer.value) }));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const value = read(spec, data.get("guess"));
    refusal.textContent = value === null ? spec.refusal : "";
    if (value === null) return;
    const answer = { value, confidence: Number(data.get("confidence")) || null };
    keepPrediction(spec.name, answer);
  });
  again.addEventListener("click", () => keepPrediction(spec.name, null));
  addEventListener("models:prediction", (event) => {
    if (event.detail.name !== spec.name) return;
    show(event.detail.answer);
    told(event.detail.answer);
  });
  const kept = keptPrediction(spec.name);
  if (kept !== null && read(spec, String(kept.value)) !== null) {
    show(kept);
    told(kept);
  }
}

function read(spec, text) {
  if (spec.options) return Object.hasOwn(spec.options, text ?? "") ? text : null;
  const typed = (text ?? "").trim();
  // As in models/parameters.py: who writes 0,5 for a half must not get 5.
  const grouped = /^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(typed);
  const plain = grouped ? typed.replaceAll(",", "") : typed;
  const value = plain === "" ? NaN : Number(plain);
  return value >= spec.low && value <= spec.high ? value : null;
}

// The first reply whose range (or option) holds the answer, as models/explorers/prediction.py.
function says(spec, value) {
  const fits = (r) => (spec.options ? r.option === value : r.low <= value && value <= r.high);
  return spec.replies.find(fits)?.text ?? "";
}

// "Your prediction and the run", further down the page.
function wireSurprise(place) {
  const said = place.querySelector(".said");
  const without = said.textContent;
  const show = (answer) => {
    const { unit, digits, options } = JSON.parse(place.querySelector("script").textContent);
    if (answer === null) said.textContent = without;
    else said.textContent = options ? options[answer.value] : `${shown(answer.value, digits)} ${unit}`;
  };
  addEventListener("models:prediction", (event) => {
    if (event.detail.name === place.dataset.prediction) show(event.detail.answer);
  });
  const kept = keptPrediction(place.dataset.prediction);
  if (kept) show(kept);
}

// What a prediction guards opens once the reader has answered.
function openWhenPredicted(details) {
  const name = details.dataset.guard;
  const show = (answer) => {
    details.open = answer !== null;
    details.classList.toggle("predicted", answer !== null);
  };
  if (keptPrediction(name) !== null) show(true);
  details.addEventListener("toggle", redrawAll);
  addEventListener("models:prediction", (event) => {
    if (event.detail.name === name) show(event.detail.answer);
  });
}

function renderPrediction({ model, el }) {
  el.innerHTML = model.get("html");
  const tell = (answer) => {
    model.set("answer", answer ?? {});
    model.save_changes();
  };
  for (const form of el.querySelectorAll("form.prediction")) wirePrediction(form, tell);
  for (const place of el.querySelectorAll(".surprise")) wireSurprise(place);
  for (const details of el.querySelectorAll("details.guarded")) openWhenPredicted(details);
}
