// The names of groups over the points, each where its group is thickest in what is seen, and rings.

const REGIONS = 28; // squares on a side in which that place is looked for

/** A name cut at its end where it is longer than `most` characters. */
const shortened = (name, most) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

/** Where the squares of one group are fullest, and how many points it has; `counts` has all groups' squares. */
const thickest = (counts, group) => {
  const at = (row, column) => counts[(group * REGIONS + row) * REGIONS + column];
  const found = { group, total: 0, column: 0, row: 0 };
  let best = 0;
  for (let row = 1; row < REGIONS - 1; row += 1)
    for (let column = 1; column < REGIONS - 1; column += 1) {
      if (!at(row, column)) continue;
      found.total += at(row, column);
      const beside = at(row - 1, column) + at(row + 1, column) + at(row, column - 1) + at(row, column + 1);
      if (2 * at(row, column) + beside <= best) continue;
      best = 2 * at(row, column) + beside;
      Object.assign(found, { column: column + 0.5, row: row + 0.5 });
    }
  return found;
};

const namesOf = (canvas, places, camera, inset) => {
  const pen = canvas.getContext("2d");
  let regions = [];
  let [ink, paper] = ["", ""];

  /** A name as a picture of its own: it is written once and then only moved. */
  const pictured = (name, total) => {
    const size = Math.min(17, 11 + 1.3 * Math.log10(1 + total));
    const font = `600 ${size}px system-ui, -apple-system, "Segoe UI", sans-serif`;
    pen.font = font;
    const [width, height] = [Math.ceil(pen.measureText(name).width) + 8, Math.ceil(1.5 * size)];
    const picture = made("canvas", "", { width: width * camera.ratio, height: height * camera.ratio });
    const brush = picture.getContext("2d");
    brush.scale(camera.ratio, camera.ratio);
    Object.assign(brush, { font, textAlign: "center", textBaseline: "middle", lineJoin: "round" });
    Object.assign(brush, { lineWidth: 4, strokeStyle: paper, fillStyle: ink });
    brush.strokeText(name, width / 2, height / 2);
    brush.fillText(name, width / 2, height / 2);
    return { picture, width, height };
  };
  const write = (region, taken) => {
    region.drawn ??= pictured(region.name, region.total);
    const { picture, width, height } = region.drawn;
    const [middle, centre] = camera.toScreen(region.x, region.y);
    const [left, top] = [Math.round(middle - width / 2), Math.round(centre - height / 2)];
    const box = [left, top, left + width, top + height];
    if (taken.some((one) => box[0] < one[2] && one[0] < box[2] && box[1] < one[3] && one[1] < box[3])) return;
    taken.push(box);
    pen.drawImage(picture, left, top, width, height);
  };
  const ring = (i) => {
    for (const [width, colour] of [[5, paper], [2, ink]]) {
      pen.beginPath();
      pen.arc(...camera.onScreen(i), camera.radius() + 5, 0, 2 * Math.PI);
      [pen.lineWidth, pen.strokeStyle] = [width, colour];
      pen.stroke();
    }
  };
  return {
    /** Take the colours of the page as they are now. */
    dress() {
      const style = getComputedStyle(document.documentElement);
      [ink, paper] = [style.getPropertyValue("--ink"), style.getPropertyValue("--paper")];
      for (const region of regions) region.drawn = null;
    },
    /** Find the places anew, for the points that are shown. */
    place(field, groups, shows) {
      regions = [];
      if (!field.named) return;
      const [left, top] = camera.toPlace(inset(), 0);
      const [right, bottom] = camera.toPlace(camera.width, camera.height);
      const [wide, high] = [(right - left) / REGIONS, (bottom - top) / REGIONS];
      const counts = new Uint32Array(field.groups.length * REGIONS * REGIONS);
      for (let i = 0; i < groups.length; i += 1) {
        const column = Math.floor((places[2 * i] - left) / wide);
        const row = Math.floor((places[2 * i + 1] - top) / high);
        if (column >= 0 && row >= 0 && column < REGIONS && row < REGIONS && shows(i))
          counts[(groups[i] * REGIONS + row) * REGIONS + column] += 1;
      }
      regions = field.groups
        .map((name, group) => ({ name: shortened(name, 28), ...thickest(counts, group) }))
        .filter((one) => one.total && !field.quiet[one.group])
        .sort((a, b) => b.total - a.total);
      for (const one of regions) Object.assign(one, { x: left + one.column * wide, y: top + one.row * high });
    },
    draw(ringed) {
      pen.setTransform(camera.ratio, 0, 0, camera.ratio, 0, 0);
      pen.clearRect(0, 0, camera.width, camera.height);
      const taken = [];
      for (const region of regions) write(region, taken);
      for (const i of ringed) if (i >= 0) ring(i);
    },
  };
};
