// The page: what the pointer and the keys do, search, and the legend.

const LISTED = 40; // hits that are listed
const NEAR = 14; // pixels between the pointer and the point it means
const STEP = 70; // pixels that an arrow key moves
const isDark = matchMedia("(prefers-color-scheme: dark)");
const counted = (number) => number.toLocaleString("en");
const buttonOf = (click, ...children) => {
  const button = within("button", ...children);
  button.type = "button";
  button.addEventListener("click", click);
  return button;
};

/** What the map shows and how: the one place that is changed, after which `update` or `redraw` is called. */
const viewOf = (all) => {
  const [points, names] = [byId("points"), byId("names")];
  const inset = () => (innerWidth > 760 ? byId("panel").offsetWidth + 24 : 0);
  const painter = painterOf(points, all.places);
  const view = { field: null, groups: null, palette: [], chosen: new Set(), hits: null, hovered: -1, pinned: -1 };
  const states = new Uint8Array(all.n);
  let [waiting, settling] = [false, 0];

  const draw = () => {
    waiting = false;
    painter.draw(view.camera, view.camera.radius());
    view.names.draw(new Set([view.pinned, view.hovered]));
    view.card.place();
  };
  view.redraw = () => {
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
  };
  const settle = () => {
    view.names.place(view.field, view.groups, view.shows);
    view.redraw();
  };
  const moved = () => {
    view.redraw();
    clearTimeout(settling);
    settling = setTimeout(settle, 140);
  };
  view.painter = painter.kind;
  view.camera = cameraOf(all.places, inset, moved);
  view.names = namesOf(names, all.places, view.camera, inset);
  view.card = cardOf(all, view.camera);
  view.shows = (i) => states[i] !== OFF;
  view.near = (left, top, pixels = NEAR) =>
    nearestOf(all, ...view.camera.toPlace(left, top), pixels / view.camera.scale, view.shows);
  view.middle = () => [(view.camera.width + inset()) / 2, view.camera.height / 2];

  /** Take over which groups are chosen and which products are found. */
  view.update = () => {
    const { chosen, groups, hits } = view;
    const wanted = (i) => !chosen.size || chosen.has(groups[i]);
    for (let i = 0; i < all.n; i += 1) states[i] = !hits && wanted(i) ? PLAIN : OFF;
    for (const i of hits ?? []) if (wanted(i)) states[i] = FOUND;
    painter.mark(states);
    settle();
  };
  view.recolour = () => {
    view.palette = paletteOf(view.field.groups, view.field.quiet, isDark.matches);
    painter.colour(view.groups, view.palette, fromOklch(isDark.matches ? 0.5 : 0.7, 0.01, 0.7));
    view.names.dress();
    view.redraw();
  };
  const showCard = () => {
    const i = view.hovered >= 0 ? view.hovered : view.pinned;
    view.card.show(i, view.field, i < 0 ? null : view.palette[view.groups[i]]);
    view.redraw();
  };
  view.hover = (i) => {
    if (i === view.hovered) return;
    view.hovered = i;
    points.classList.toggle("over", i >= 0);
    showCard();
  };
  view.pin = (i) => {
    view.pinned = i;
    showCard();
    view.card.tell(i);
  };
  view.fit = () => {
    view.camera.resize(innerWidth, innerHeight);
    for (const canvas of [points, names])
      [canvas.width, canvas.height] = [innerWidth, innerHeight].map((side) => Math.round(side * view.camera.ratio));
  };
  return view;
};

/** Search: as one types the hits light up, enter flies to them, and `step` goes from one to the next. */
const setUpSearch = (all, view) => {
  const [query, count, list] = [byId("query"), byId("count"), byId("hits")];
  const find = searcherOf(all);
  let [typing, place] = [0, -1];
  const visit = (i) => {
    view.pin(i);
    view.camera.flyToRows([i], Math.max(6, view.camera.scale / view.camera.whole));
  };
  const search = () => {
    clearTimeout(typing);
    view.hits = find(query.value);
    place = -1;
    const of = `${counted(all.n)} products`;
    count.textContent = view.hits ? `${counted(view.hits.length)} of ${of}` : of;
    const listed = (view.hits ?? []).slice(0, LISTED).map((i) => {
      const title = made("bdi", all.titles[i] || all.ids[i]);
      return within("li", buttonOf(() => visit(i), title));
    });
    list.replaceChildren(...listed);
    view.update();
  };
  query.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, 120);
  });
  query.addEventListener("keydown", (event) => {
    if (event.key === "Escape") query.value = "";
    if (event.key !== "Enter" && event.key !== "Escape") return;
    search();
    if (view.hits?.length) view.camera.flyToRows(view.hits);
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || ["INPUT", "SELECT"].includes(document.activeElement.tagName)) return;
    event.preventDefault();
    query.focus();
  });
  return (step) => {
    const rows = (view.hits ?? []).filter(view.shows);
    if (!rows.length) return;
    place = (place + step + rows.length) % rows.length;
    visit(rows[place]);
  };
};

/** The choice of a colour, and the legend in which groups are chosen to be seen alone. */
const setUpColours = (all, view) => {
  const [choice, legend] = [byId("colour"), byId("legend")];
  const toggle = (group) => {
    if (!view.chosen.delete(group)) view.chosen.add(group);
    [...legend.children].forEach((item, g) => item.firstChild.setAttribute("aria-pressed", view.chosen.has(g)));
    view.update();
  };
  const fill = () => {
    const sizes = new Uint32Array(view.field.groups.length);
    for (const group of view.groups) sizes[group] += 1;
    const items = view.field.groups.map((name, g) => {
      const [label, size] = [made("bdi", name, { className: "name" }), made("span", counted(sizes[g]), { className: "soft" })];
      const button = buttonOf(() => toggle(g), swatchOf(view.palette[g]), label, size);
      button.setAttribute("aria-pressed", view.chosen.has(g));
      return within("li", button);
    });
    legend.replaceChildren(...items);
  };
  const dress = () => {
    view.recolour();
    fill();
    view.pin(view.pinned);
  };
  const colourBy = (number) => {
    view.field = all.fields[number];
    view.groups = groupsOf(view.field);
    view.chosen = new Set();
    dress();
    view.update();
  };
  all.fields.forEach((field, i) => choice.append(made("option", field.name, { value: i })));
  choice.value = all.first;
  choice.addEventListener("change", () => colourBy(Number(choice.value)));
  isDark.addEventListener("change", dress);
  colourBy(all.first);
};

/** One finger or the mouse drags, two fingers pinch, a click pins, the wheel zooms. */
const setUpPointer = (view) => {
  const [points, { camera }] = [byId("points"), view];
  const fingers = new Map();
  let travelled = 0;
  points.addEventListener("pointerdown", (event) => {
    camera.halt();
    if (event.isTrusted) points.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    travelled = 0;
  });
  points.addEventListener("pointermove", (event) => {
    const now = [event.clientX, event.clientY];
    const before = fingers.get(event.pointerId);
    if (!before) {
      view.hover(view.near(...now));
      return;
    }
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    const other = [...fingers.entries()].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const apart = (from) => Math.max(1, Math.hypot(from[0] - other[0], from[1] - other[1]));
      camera.zoomAt(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    camera.panBy(other ? dx / 2 : dx, other ? dy / 2 : dy);
    travelled += Math.abs(dx) + Math.abs(dy);
    fingers.set(event.pointerId, now);
  });
  const lift = (event) => {
    const clicked = fingers.delete(event.pointerId) && travelled < 5 && event.type === "pointerup";
    if (clicked) view.pin(view.near(event.clientX, event.clientY));
  };
  points.addEventListener("pointerup", lift);
  points.addEventListener("pointercancel", lift);
  points.addEventListener("pointerleave", () => view.hover(-1));
  const turn = (event) => {
    event.preventDefault();
    camera.halt();
    const [pixels, speed] = [event.deltaMode === 1 ? 30 : 1, event.ctrlKey ? 0.01 : 0.0016];
    camera.zoomAt(Math.exp(-event.deltaY * pixels * speed), event.clientX, event.clientY);
  };
  points.addEventListener("wheel", turn, { passive: false });
};

const setUpKeys = (view, nextHit) => {
  const { camera } = view;
  const [nearer, farther] = [() => camera.zoomAt(1.5), () => camera.zoomAt(1 / 1.5)];
  const keys = {
    ArrowLeft: () => camera.panBy(STEP, 0), ArrowRight: () => camera.panBy(-STEP, 0),
    ArrowUp: () => camera.panBy(0, STEP), ArrowDown: () => camera.panBy(0, -STEP),
    "+": nearer, "=": nearer, "-": farther, 0: camera.flyToWhole, Home: camera.flyToWhole,
    n: () => nextHit(1), p: () => nextHit(-1),
    Enter: () => view.pin(view.near(...view.middle(), 4000)), Escape: () => view.pin(-1),
  };
  byId("points").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  byId("nearer").addEventListener("click", nearer);
  byId("farther").addEventListener("click", farther);
  byId("whole").addEventListener("click", camera.flyToWhole);
};

const start = async () => {
  const all = await readCatalogue();
  const view = viewOf(all);
  view.field = all.fields[all.first];
  view.groups = groupsOf(view.field);
  view.fit();
  Object.assign(view.camera, view.camera.wholeView());
  setUpColours(all, view);
  setUpPointer(view);
  setUpKeys(view, setUpSearch(all, view));
  addEventListener("resize", view.fit);
  document.documentElement.dataset.painter = view.painter;
};

start().catch((error) => {
  byId("count").textContent = `The map cannot be shown (${error.message}). It needs a browser of 2023 or later.`;
});
