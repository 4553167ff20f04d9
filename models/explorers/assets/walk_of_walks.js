// Two page tables: a row for each word that the guest's walk wants, a column for each level of the
// host's table, which is walked before that word can be read.

function wireWalks(section, follow) {
  const walks = JSON.parse(section.querySelector("script").textContent);
  const lists = [...section.querySelectorAll("select[data-setting]")];
  const place = (selector) => section.querySelector(selector);
  const button = (name) => place(`button[data-do="${name}"]`);
  const told = place(".walk-told");
  const token = make("span", { className: "walk-token", textContent: "●", "aria-hidden": "true" });
  const tell = (text) => (told.textContent = text);
  let walk;
  let path; // the cell [row, column] of each reference; the load of the data is the last
  let cells; // by row and column
  let made;

  const finished = () => made > walk.steps.length;
  const wants = (row) => (row < walk.guest ? `the guest's level ${walk.guest - 1 - row}`
    : "the eight bytes");
  const nameOf = (row, column) => (column < walk.host
    ? `Host's level ${walk.host - 1 - column}, on the way to ${wants(row)}`
    : row < walk.guest ? `The guest's level ${walk.guest - 1 - row}` : `8 B: ${wants(row)}`);

  function begin() {
    walk = walks[lists.map((list) => list.value).join("/")];
    made = 0;
    path = walk.steps.map(([host, row], n) => [row, host
      ? walk.steps.slice(0, n).filter((step) => step[0] && step[1] === row).length : walk.host]);
    path.push([walk.guest, walk.host]);
    place(".walks-grid").replaceChildren(table());
    token.remove();
    place(".facts-place").hidden = true;
    for (const name of ["step", "row", "reset", "link"]) button(name).hidden = false;
    button("step").disabled = button("row").disabled = false;
    tell(`No reference yet. The program's address is ${walk.address}.`);
  }

  function table() {
    const columns = Array.from({ length: walk.host }, (_, j) => `Host ${walk.host - 1 - j}`);
    const head = [...columns, "Then"].map((text) =>
      make("th", { scope: "col", textContent: text }));
    cells = Array.from({ length: walk.guest + 1 }, (_, row) =>
      Array.from({ length: walk.host + 1 }, (_, column) => cell(row, column)));
    const rows = cells.map((buttons, row) => make("tr", {},
      make("th", { scope: "row", textContent: row < walk.guest
        ? `Guest ${walk.guest - 1 - row}` : "Data" }),
      ...buttons.map((one) => make("td", {}, one))));
    cells[0][0].tabIndex = 0;
    return make("table", {},
      make("caption", { textContent: "What the guest's walk wants (rows), and the levels of the " +
        "host's table before it (columns)" }),
      make("thead", {}, make("tr", {}, make("td"), ...head)), make("tbody", {}, ...rows));
  }

  function cell(row, column) {
    const kind = column < walk.host ? "walks-host" : row < walk.guest ? "walks-guest"
      : "walks-data";
    const letter = { "walks-host": "H", "walks-guest": "K", "walks-data": "8 B" }[kind];
    const one = make("button", { type: "button", className: kind, tabIndex: -1 },
      make("span", { textContent: letter }));
    one.setAttribute("aria-label", `${nameOf(row, column)}, not read`);
    one.addEventListener("click", () => choose(row, column));
    one.addEventListener("keydown", (event) => move(event, row, column));
    return one;
  }

  // The grid is one stop of the tab key; arrows go on from cell to cell.
  function move(event, row, column) {
    const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1],
      ArrowLeft: [0, -1] }[event.key] ?? [0, 0];
    const next = cells[row + down]?.[column + right];
    if (!(down || right) || !next) return;
    event.preventDefault();
    cells.flat().forEach((one) => (one.tabIndex = -1));
    next.tabIndex = 0;
    next.focus();
  }

  function choose(row, column) {
    if (finished()) return tell("The load is done. Start again, or choose other tables.");
    const [wantedRow, wantedColumn] = path[made];
    if (row === wantedRow && column === wantedColumn) return reference();
    if (path.slice(0, made).some(([i, j]) => i === row && j === column)) {
      return tell(`That word has been read. ${made} so far.`);
    }
    if (row > wantedRow) return tell(`Where ${wants(row)} would be, even as the guest numbers ` +
      "its memory, stands in a word that has not been read yet.");
    if (row < wantedRow || wantedColumn === walk.host) return tell("The last entry was a leaf: " +
      "there is no further table on this way.");
    return tell(column === walk.host
      ? `Where ${wants(row)} is, the guest knows only in its own numbers: the host's table has ` +
        "to be walked to its leaf first."
      : "Where that table is stands in an entry that has not been read yet.");
  }

  function reference() {
    const [row, column] = path[made];
    const one = cells[row][column];
    const from = token.isConnected ? token.getBoundingClientRect() : null;
    one.append(token);
    hop(token, from);
    one.classList.add("walk-read");
    made += 1;
    one.setAttribute("aria-label", `${nameOf(row, column)}, read as number ${made}`);
    one.querySelector("span").textContent = made > walk.steps.length ? "8 B" : made;
    if (finished()) return end();
    const [host, , where, entry, says] = walk.steps[made - 1];
    tell(`Reference ${made}, of the ${host ? "host's" : "guest's"} table, at ${where}: the ` +
      `entry ${entry} ${says}.`);
    return null;
  }

  function end() {
    for (const one of cells.flat().filter((each) => !each.classList.contains("walk-read"))) {
      one.classList.add("walk-unread");
      one.setAttribute("aria-label", one.getAttribute("aria-label").replace("not read",
        "no such table"));
    }
    const all = walk.first + walk.second;
    tell(`The load reads ${walk.physical}. Before it, the board counted ${all} references: ` +
      `${walk.first} to the guest's table and ${walk.second} to the host's. Without a guest it ` +
      `counts ${walk.native}. The data are not counted.`);
    place(".facts-place").innerHTML = walk.facts;
    place(".facts-place").hidden = false;
    button("step").disabled = button("row").disabled = true;
  }

  wireLists(section, follow, begin, tell);
  button("step").addEventListener("click", reference);
  button("row").addEventListener("click", () => {
    const [row] = path[made];
    while (made < path.length && path[made][0] === row) reference();
  });
  button("reset").addEventListener("click", begin);
  begin();
}

function renderWalkOfWalks({ model, el }) {
  el.innerHTML = model.get("html");
  el.querySelectorAll("section.walks").forEach((section) => wireWalks(section, false));
  el.querySelectorAll("details.guarded").forEach(openWhenPredicted);
}
