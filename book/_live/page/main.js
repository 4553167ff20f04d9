// The page's own script: draws the stored pictures when they come into view, and offers 'Run live'.
import { offerLive } from "./bar.js";
import { config } from "./config.js";
import { drawWhenSeen } from "./pictures.js";

if (config) {
  drawWhenSeen(document);
  if (config.cells.length) offerLive();
}
