// Links to an output with its settings: `#name?settings`. What they carry is text, checked in Python.

// The settings that the page's address carries for the output of this name; null if none.
function linked(name) {
  const [target, query] = location.hash.slice(1).split("?");
  return target === name && query ? new URLSearchParams(query) : null;
}

// Copies text; where a page may not, the reader gets it to copy.
async function copied(text, done, tell) {
  try {
    await navigator.clipboard.writeText(text);
    tell(done);
  } catch {
    tell(`Copy this: ${text}`);
  }
}

function linkTo(name, settings) {
  const address = new URL(location.href);
  address.hash = `${name}?${new URLSearchParams(settings)}`;
  return address.href;
}
