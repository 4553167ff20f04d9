// Runs the compute workload under Pyodide in Node, one round of turns for each line on stdin, and
// answers with instructions a second of process time.
// node _pyodide_compute.mjs PYODIDE NUMPY_WHEEL REPOSITORY
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, numpy, repository] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const pyodide = await loadPyodide({ indexURL: `${folder}/` });
await pyodide.loadPackage(numpy, { messageCallback: () => {} });
pyodide.FS.mkdir("/src");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: repository }, "/src");
pyodide.runPython(`
import sys
sys.path.insert(0, "/src")
from benchmarks.machine_compute import FOREVER, prepared, program

address, image, symbols = program()
board = prepared(address, image, "python")

def run(pc, rounds):
    board.hart.pc, board.hart.x[10], board.hart.waiting = pc, rounds, False
    stop = board.run(FOREVER)
    assert stop.reason == "wfi", stop
    return stop.retired
`);
const run = pyodide.globals.get("run");
run(pyodide.globals.get("address"), 10); // warm: what is hot is translated
const supervisor = pyodide.globals.get("symbols").get("supervisor");
for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  const retired = run(supervisor, Number(line));
  const { user, system } = process.cpuUsage(before);
  console.log(retired / ((user + system) * 1e-6));
}
