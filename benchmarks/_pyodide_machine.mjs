// Runs the machine's workloads under Pyodide in Node. For each line on stdin, "compute TIER ROUNDS"
// or "boot TIER", it answers with instructions a second of process time.
// node _pyodide_machine.mjs PYODIDE NUMPY_WHEEL REPOSITORY IMAGES
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, numpy, repository, images] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const pyodide = await loadPyodide({ indexURL: `${folder}/` });
await pyodide.loadPackage(numpy, { messageCallback: () => {} });
for (const [place, root] of [["/src", repository], ["/usr/lib", images]]) {
  pyodide.FS.mkdirTree(place);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root }, place);
}
pyodide.runPython(`
import sys
sys.path.insert(0, "/src")
from benchmarks.machine_compute import FOREVER, prepared, program
from benchmarks.machine_system import TO_PROMPT, booting

address, image, symbols = program()
boards = {}

def prepare_compute(tier, rounds):
    fresh = tier not in boards
    if fresh:
        boards[tier] = prepared(address, image, tier)
    board = boards[tier]
    if fresh:  # warm: what is hot is translated, and page tables are built
        run(board, address, int(rounds))
    return lambda: run(board, symbols["supervisor"], int(rounds))

def run(board, pc, rounds):
    board.hart.pc, board.hart.x[10], board.hart.waiting = pc, rounds, False
    stop = board.run(FOREVER)
    assert stop.reason == "wfi", stop
    return stop.retired

def prepare_boot(tier):
    board = booting(tier)
    return lambda: board.run(TO_PROMPT, until="=> ").retired
`);
for await (const line of createInterface({ input: process.stdin })) {
  const [what, ...rest] = line.trim().split(" ");
  const work = pyodide.globals.get(`prepare_${what}`)(...rest);
  const before = process.cpuUsage();
  const retired = work();
  const { user, system } = process.cpuUsage(before);
  work.destroy();
  console.log(retired / ((user + system) * 1e-6));
}
