// What the page tells its script: names and sizes of the live page's files, and the cells' sources.
const data = document.getElementById("live-config");

export const config = data && JSON.parse(data.textContent);
if (config) config.root = new URL(config.root, document.baseURI).href;
