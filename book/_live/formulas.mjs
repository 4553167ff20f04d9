// node formulas.mjs NODE_MODULES < [[tex, display], ...]  ->  [MathML, ...]
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const temml = createRequire(path.resolve(process.argv[2], "x.js"))("temml");
const jobs = JSON.parse(fs.readFileSync(0, "utf8"));
const written = jobs.map(([tex, displayMode]) => {
  try {
    return temml.renderToString(tex, { displayMode, throwOnError: true, annotate: true });
  } catch (error) {
    console.error(`The formula ${tex} cannot be typeset: ${error.message}`);
    process.exit(1);
  }
});
process.stdout.write(JSON.stringify(written));
