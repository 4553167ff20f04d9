// What pressing the button will download, as this very server sends it.
import { config } from "./config.js";

/** Whether the server compresses files of this kind; a HEAD request tells. */
async function compresses(address) {
  const answer = await fetch(address, { method: "HEAD" });
  if (!answer.ok) throw new Error(`${address} is missing (${answer.status})`);
  return Boolean(answer.headers.get("content-encoding"));
}

/** File name -> bytes sent: the compressed size where the server compresses that kind. */
export async function sentSizes() {
  const kinds = {};
  for (const name of Object.keys(config.files)) kinds[name.split(".").pop()] ??= name;
  const probed = await Promise.all(
    Object.entries(kinds).map(async ([kind, name]) => [kind, await compresses(config.root + name)]),
  );
  const compressed = Object.fromEntries(probed);
  const sizes = {};
  for (const [name, [raw, gzip]] of Object.entries(config.files)) {
    sizes[name] = compressed[name.split(".").pop()] ? gzip : raw;
  }
  return sizes;
}

export const total = (sizes) => Object.values(sizes).reduce((sum, size) => sum + size, 0);
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
