// The walk of a page table, one memory word a cell: the reader makes each reference in order.

const HOP = 200; // ms

// Motion shows the cause: the token comes from the entry that gave the address.
function hop(token, from) {
  if (!from || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const to = token.getBoundingClientRect();
  const start = `translate(${from.left - to.left}px, ${from.top - to.top}px)`;
  token.animate([{ transform: start }, { transform: "none" }],
    { duration: HOP, easing: "ease-out" });
}

// The lists of a walk begin anew when one changes; of a link only what they offer is taken.
function wireLists(section, follow, begin, tell) {
  const name = section.dataset.explorer;
  const lists = [...section.querySelectorAll("select[data-setting]")];
  const sent = linked(name);
  for (const list of lists) {
    const wanted = sent?.get(list.dataset.setting);
    if ([...list.options].some((option) => option.value === wanted)) list.value = wanted;
    list.addEventListener("change", begin);
  }
  if (sent && follow) (section.closest("details.guarded") ?? section).scrollIntoView({ block: "start" });
  section.querySelector('button[data-do="link"]').addEventListener("click", () => copied(
    linkTo(name, Object.fromEntries(lists.map((list) => [list.dataset.setting, list.value]))),
    "The link is copied.", tell));
}

// `follow`: a link brings the reader here.
function wireWalk(section, follow) {
  const walks = JSON.parse(section.querySelector("script").textContent);
  const lists = [...section.querySelectorAll("select[data-setting]")];
  const place = (selector) => section.querySelector(selector);
  const button = (name) => place(`button[data-do="${name}"]`);
  const cells = place(".walk-cells");
  const told = place(".walk-told");
  const token = make("span", { className: "walk-token", textContent: "●", "aria-hidden": "true" });
  let walk;
  let made; // references so far; the load of the data itself is the last

  const tell = (text) => (told.textContent = text);
  const buttons = () => [...cells.querySelectorAll("button")];
  const finished = () => made > walk.steps.length;
  const nextCell = () => buttons()[made < walk.steps.length ? made : walk.levels];

  function begin() {
    walk = walks[lists.map((list) => list.value).join("/")];
    made = 0;
    place(".walk-address").replaceChildren(`Virtual address ${walk.address}: `,
      walk.indices.map((n, i) => `VPN[${walk.levels - 1 - i}] = ${n}`).join(", "),
      ", and the offset. The register satp names the root.");
    cells.replaceChildren(...Array.from({ length: walk.levels + 1 }, (_, i) => {
      const data = i === walk.levels;
      const one = make("button", { type: "button" },
        make("strong", { textContent: data ? "The eight bytes" : `Level ${walk.levels - 1 - i}` }),
        make("span", { className: "walk-place", textContent: "address not known" }));
      one.addEventListener("click", () => choose(i));
      return make("li", { className: data ? "walk-data" : "" }, one);
    }));
    nextCell().querySelector(".walk-place").textContent = walk.steps[0].sum;
    token.remove();
    place(".facts-place").hidden = true;
    button("step").hidden = button("reset").hidden = button("link").hidden = false;
    button("step").disabled = false;
    button("again").hidden = true;
    tell("No reference yet.");
  }

  function choose(i) {
    if (finished()) return tell("The load is done. Start again, or load the next eight bytes.");
    const data = i === walk.levels;
    if (!data && i < made) return tell(`Level ${walk.levels - 1 - i} has been read. ${asked()}`);
    const wanted = made < walk.steps.length ? made : walk.levels;
    if (i === wanted) return reference();
    if (made === walk.steps.length) return tell("The last entry was a leaf: there is no further " +
      "table. The rest of the virtual address is the offset in the page.");
    return tell(data
      ? "Where the eight bytes are stands in an entry that has not been read yet."
      : "Where that table is stands in an entry that has not been read yet.");
  }

  const asked = () => `${made} so far.`;

  function reference() {
    const cell = nextCell();
    const from = token.isConnected ? token.getBoundingClientRect() : null;
    cell.append(token);
    hop(token, from);
    cell.classList.add("walk-read");
    const where = cell.querySelector(".walk-place");
    if (made < walk.steps.length) {
      const step = walk.steps[made];
      where.textContent = `${step.place}: ${step.entry}`;
      made += 1;
      tell(`Reference ${made}, at ${step.place}: the entry ${step.entry} ${step.says}.`);
      const next = made < walk.steps.length ? walk.steps[made].sum
        : `page + offset ${walk.offset}`;
      nextCell().querySelector(".walk-place").textContent = next;
    } else {
      made += 1;
      where.textContent = walk.physical;
      end();
    }
    cell.setAttribute("aria-label", `${cell.querySelector("strong").textContent}, read, ` +
      where.textContent);
  }

  function end() {
    const unread = walk.levels - walk.steps.length;
    buttons().slice(walk.steps.length, walk.levels).forEach((one) => {
      one.classList.add("walk-unread");
      one.querySelector(".walk-place").textContent = "no such table";
    });
    tell(`The load reads ${walk.physical}. Before it, the board counted ${walk.counted} ` +
      `${walk.counted === 1 ? "reference" : "references"} to the page table` +
      `${unread ? `; the larger page saves ${unread}` : ""}. The data are not counted.`);
    place(".facts-place").innerHTML = walk.facts;
    place(".facts-place").hidden = false;
    button("step").disabled = true;
    button("again").hidden = false;
  }

  wireLists(section, follow, begin, tell);
  button("step").addEventListener("click", reference);
  button("reset").addEventListener("click", begin);
  button("again").addEventListener("click", () => tell(`From the same page, the TLB holds it ` +
    `now: the board counted ${walk.again} references before the second load.`));
  begin();
}

function renderPageWalk({ model, el }) {
  el.innerHTML = model.get("html");
  el.querySelectorAll("section.walk").forEach((section) => wireWalk(section, false));
  el.querySelectorAll("details.guarded").forEach(openWhenPredicted);
}
