// Pictures stored in the page: figure data in JSON, drawn by Plotly's basic bundle.
import { config } from "./config.js";

/** Load Plotly once, when a picture needs it. A classic script, so it works from file:// too. */
export function loadPlotly() {
  globalThis.bookPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = config.root + config.names["plotly.js"];
    script.onload = () => resolve(globalThis.Plotly);
    script.onerror = () => reject(new Error(`${config.names["plotly.js"]} is missing`));
    document.head.append(script);
  });
  return globalThis.bookPlotly;
}

async function draw(figure) {
  const data = figure.querySelector('script[type="application/json"]');
  const plotly = await loadPlotly();
  const place = document.createElement("div");
  const { data: traces, layout } = JSON.parse(data.textContent);
  figure.append(place);
  await plotly.newPlot(place, traces, layout, { responsive: true, displaylogo: false });
}

/** Draw each stored picture below `node` as soon as it comes near the window. */
export function drawWhenSeen(node) {
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        draw(target).catch((error) => console.error(error));
      }
    },
    { rootMargin: "400px" },
  );
  for (const figure of node.querySelectorAll("figure.picture")) watcher.observe(figure);
}
