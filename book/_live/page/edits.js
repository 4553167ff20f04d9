// The reader's own versions of cells, kept in this browser and forgotten when the source changes.
import { config } from "./config.js";

const key = (index) => `live-edit:${location.pathname}:${index}`;

export function keptEdit(index) {
  const kept = JSON.parse(localStorage.getItem(key(index)) ?? "null");
  return kept?.source === config.cells[index] ? kept.code : null;
}

export function keepEdit(index, code) {
  const source = config.cells[index];
  if (code === source) localStorage.removeItem(key(index));
  else localStorage.setItem(key(index), JSON.stringify({ source, code }));
}

export const hasEdits = () => config.cells.some((_, index) => keptEdit(index) !== null);

export function forgetEdits() {
  for (const index of config.cells.keys()) localStorage.removeItem(key(index));
}
