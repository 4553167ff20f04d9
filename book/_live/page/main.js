// The page's own script: offers 'Run live' on a page with cells.
import { offerLive } from "./bar.js";
import { config } from "./config.js";

if (config) offerLive();
