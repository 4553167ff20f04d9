// Where nothing but a trace's numbers has changed, Plotly moves what is there. Drawing anew, it
// takes axes and labels off and puts them back: two thirds of the time from a slider to its picture.

// What may change of a trace that is moved, and which axis it stands on.
const MOVING = { x: "x", x0: "x", dx: "x", y: "y", y0: "y", dy: "y", text: "", customdata: "" };
const BARS = { base: "", width: "" };

// Two drawings with the same text differ in nothing but what may move. An axis without a range
// follows its numbers, so those stay in the text; so does a name that a legend shows, whether a
// trace has points at all, and how many bars: Plotly colours a bar only where it draws it anew.
function unmoved(traces, layout) {
  const loose = Object.keys(layout)
    .filter((key) => /^[xy]axis/.test(key) && !layout[key].range)
    .map((key) => key[0]);
  const kept = traces.map((trace) => {
    const bar = trace.type === "bar";
    const moving = bar ? { ...MOVING, ...BARS } : MOVING;
    const points = trace.y.length;
    const named = trace.showlegend !== false && layout.showlegend !== false;
    const rest = Object.entries(trace).filter(([key]) =>
      key === "name" ? named : !(key in moving) || loose.includes(moving[key]));
    return [rest, bar ? points : points > 0];
  });
  return JSON.stringify([kept, layout]);
}

const AT_ONCE = { frame: { duration: 0, redraw: false }, transition: { duration: 0 }, mode: "immediate" };

// One move at a time: what is wanted meanwhile is drawn when Plotly is ready, a frame later.
async function move(area, traces) {
  area.moving = true;
  area.once("plotly_transitioned", () => drawn(area));
  await Plotly.animate(area, { data: traces, traces: traces.map((_, index) => index) }, AT_ONCE);
  area.moving = false;
  if (area.again) redraw(area);
}
