// 'Download my notebook': the page's notebook with the reader's code, outputs and receipts.
import { config } from "./config.js";

const WIDGET = "application/vnd.jupyter.widget-view+json";

export async function downloadNotebook(cells) {
  const answer = await fetch(config.notebook);
  if (!answer.ok) throw new Error(`${config.notebook} is missing (${answer.status})`);
  const notebook = await answer.json();
  const code = notebook.cells.filter((cell) => cell.cell_type === "code");
  for (const { index, code: source, outputs } of cells) {
    code[index].source = source;
    code[index].outputs = outputs.kept.map(storable);
  }
  const text = new Blob([JSON.stringify(notebook, null, 1)], { type: "application/x-ipynb+json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(text);
  link.download = `my_${config.notebook.split("/").pop()}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // a browser may read it late
}

// A widget lives in this page only: a notebook that names it shows an error on opening.
function storable(output) {
  const { [WIDGET]: view, ...data } = output.data ?? {};
  return output.data ? { ...output, data } : output;
}
