// The reader's own programs, kept in this browser: choosing an example never costs what was typed.

const OWN_KEY = "models.programs";
const MOST_OWN = 20; // the latest
const OWN = "own:"; // before the number of a program, as a value in the list

function ownPrograms() {
  let texts = [];
  try {
    const kept = JSON.parse(localStorage.getItem(OWN_KEY) ?? "[]");
    if (Array.isArray(kept)) texts = kept.filter((text) => typeof text === "string");
  } catch {
    // Storage is blocked or holds something else: begin with none, in this page's own memory.
  }
  const save = () => {
    try {
      localStorage.setItem(OWN_KEY, JSON.stringify(texts));
    } catch {
      // As above.
    }
  };
  return {
    get texts() {
      return texts;
    },
    add(text) {
      texts = [...texts, text].slice(-MOST_OWN);
      save();
      return texts.length - 1;
    },
    // Where a text is, or from now on is: the same link opened twice is one program.
    place(text) {
      return texts.includes(text) ? texts.indexOf(text) : this.add(text);
    },
    set(n, text) {
      texts[n] = text;
      save();
    },
    dropBlank() {
      texts = texts.filter((text) => text.trim());
      save();
    },
  };
}

const numberOf = (value) => Number(value.slice(OWN.length));

// Appends the reader's programs to the list of examples, each by its first line, and chooses one.
function listOwn(list, texts, value) {
  list.querySelector("optgroup")?.remove();
  if (texts.length) {
    list.append(make("optgroup", { label: "Yours, kept in this browser" },
      ...texts.map((text, n) => make("option", { value: OWN + n,
        textContent: `${n + 1}: ${text.trim().split("\n")[0].slice(0, 60) || "(empty)"}` }))));
  }
  list.value = value;
}
