// Runs compile_wheels.py on the very Pyodide that the page will load, so that the bytecode fits it.
// node compile_wheels.mjs PYODIDE_FOLDER JOB_FOLDER   (reads JOB/in, writes JOB/out)
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, jobFolder] = process.argv.slice(2).map((name) => path.resolve(name));
const script = fs.readFileSync(new URL("compile_wheels.py", import.meta.url), "utf8");
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")));
const lock = path.join(jobFolder, "empty-lock.json");
const pyodide = await loadPyodide({ indexURL: pyodideFolder + path.sep, lockFileURL: lock });
pyodide.FS.mkdirTree("/job");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: jobFolder }, "/job");
pyodide.runPython(script);
