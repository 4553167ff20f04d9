// Bundle the page's scripts: node bundle.mjs NODE_MODULES OUT. Prints the licences' packages as JSON.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const [modules, out] = process.argv.slice(2).map((name) => path.resolve(name));
const { build } = createRequire(path.join(modules, "x.js"))("esbuild");
const page = fileURLToPath(new URL("page/", import.meta.url));
// anywidget gives a widget up when its script has not run within two seconds, which a slow computer
// that is still drawing the page can miss; the widget then never shows, and nothing says why.
const HASTY = "AbortSignal.timeout(2e3)";
const patient = {
  name: "patient",
  setup({ onLoad }) {
    onLoad({ filter: /anywidget\/dist\/index\.js$/ }, ({ path: file }) => {
      const parts = fs.readFileSync(file, "utf8").split(HASTY);
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times ${HASTY}`);
      return { contents: parts.join("AbortSignal.timeout(6e4)"), loader: "js" };
    });
  },
};
const common = {
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  nodePaths: [modules],
  outdir: out,
  metafile: true,
  target: "es2022",
  absWorkingDir: page,
  loader: { ".svg": "dataurl", ".ttf": "empty", ".woff": "empty", ".eot": "empty" },
  logLevel: "error",
};
const results = [
  // A classic script, so that a page opened as a file still draws its pictures.
  await build({ ...common, entryPoints: ["main.js"], format: "iife" }),
  await build({
    ...common,
    entryPoints: ["session.js", "worker.js", "live.css", "widgets.css"],
    format: "esm",
    plugins: [patient],
  }),
];
const used = new Set();
for (const { metafile } of results) {
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const name = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/);
      if (name && bytesInOutput) used.add(name[1]);
    }
  }
}
fs.writeFileSync(path.join(out, "bundled.json"), JSON.stringify([...used].sort()));
