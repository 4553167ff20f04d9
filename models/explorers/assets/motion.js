// Where nothing but a trace's numbers has changed, Plotly moves what is there. Drawing anew takes
// axes and labels off and puts them back, and its own animate() first walks through every attribute
// that there is, to find that none has changed: together nine tenths of the time to a new picture.

// What may change of a trace that is moved, and which axis it stands on.
const MOVING = { x: "x", x0: "x", dx: "x", y: "y", y0: "y", dy: "y", text: "", customdata: "" };
const BARS = { base: "", width: "" };

// Two drawings with the same text differ in nothing but what may move. An axis without a range
// follows its numbers, so those stay in the text; so does a name that a legend shows, and whether a
// trace has points at all.
function unmoved(traces, layout) {
  const loose = Object.keys(layout)
    .filter((key) => /^[xy]axis/.test(key) && !layout[key].range)
    .map((key) => key[0]);
  const kept = traces.map((trace) => {
    const bar = trace.type === "bar";
    const moving = trace.error_y ? {} : bar ? { ...MOVING, ...BARS } : MOVING;
    const named = trace.showlegend !== false && layout.showlegend !== false;
    const rest = Object.entries(trace).filter(([key]) =>
      key === "name" ? named : !(key in moving) || loose.includes(moving[key]));
    const lists = Object.keys(moving).filter((key) => Array.isArray(trace[key]));
    return [rest, lists, trace.y.length > 0];
  });
  return JSON.stringify([kept, layout]);
}

const AT_ONCE = { duration: 0, easing: "linear" };

// The last steps of Plotly's animate(), by the same functions: points from numbers, paths from
// points. What it keeps with a trace's first point, hover labels and the like, is kept.
function move(area, traces) {
  const { _fullData, _fullLayout, calcdata } = area;
  traces.forEach((trace, index) => {
    const full = _fullData[index];
    for (const key of ["name", ...Object.keys(MOVING), ...Object.keys(BARS)]) {
      if (key in trace) area.data[index][key] = full[key] = trace[key];
    }
    if (full.visible !== true) return;
    full._length = Math.min(...[trace.x, trace.y].filter(Array.isArray).map((each) => each.length));
    full._extremes = {};
    const points = full._module.calc(area, full);
    points[0] = { ...calcdata[index][0], ...points[0] };
    calcdata[index] = points;
  });
  for (const module of _fullLayout._visibleModules) {
    Object.values(_fullLayout._plots).forEach((plot) => module.crossTraceCalc?.(area, plot));
  }
  for (const module of _fullLayout._basePlotModules) module.plot(area, null, AT_ONCE);
  for (const { name, style } of _fullLayout._visibleModules) if (name === "bar") style(area);
  _fullLayout._rehover?.();
  drawn(area);
}
