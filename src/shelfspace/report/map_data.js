"use strict";
// What the page holds: places, texts and fields of the products, packed by report/packed.py.

const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array };
const SIDE = 65536; // places are whole numbers below it, on both axes

const bytesOf = async (packed) => {
  const letters = atob(packed.base64);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i);
  if (!packed.zipped) return bytes;
  const unzipped = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unzipped).arrayBuffer());
};
const arrayOf = async (packed) => new ARRAYS[packed.type]((await bytesOf(packed)).buffer);
const linesOf = async (packed) => new TextDecoder().decode(await bytesOf(packed)).split("\n");

const readField = async (field) => ({
  ...field,
  values: await linesOf(field.values),
  codes: await arrayOf(field.codes),
  groupOf: await arrayOf(field.group_of),
});

const readThumbnails = async (packed) =>
  packed && { bytes: await bytesOf(packed.bytes), starts: await arrayOf(packed.starts) };

/** Everything about the products, and a grid over their places. */
const readCatalogue = async () => {
  const told = JSON.parse(document.getElementById("map-data").textContent);
  const [places, titles, ids, prices] = await Promise.all([
    arrayOf(told.places), linesOf(told.titles), linesOf(told.ids), linesOf(told.prices),
  ]);
  const fields = await Promise.all(told.fields.map(readField));
  const thumbnails = await readThumbnails(told.thumbnails);
  return { n: told.n, first: told.first, places: Uint16Array.from(places), titles, ids, prices, fields, thumbnails, grid: gridOf(places) };
};

/** The group of each product in a field, one byte each. */
const groupsOf = (field) => Uint8Array.from(field.codes, (code) => field.groupOf[code]);

const thumbnailOf = (thumbnails, row) => {
  if (!thumbnails || thumbnails.starts[row] === thumbnails.starts[row + 1]) return null;
  const bytes = thumbnails.bytes.subarray(thumbnails.starts[row], thumbnails.starts[row + 1]);
  return `data:image/jpeg;base64,${btoa(String.fromCharCode(...bytes))}`;
};

/** Products sorted into 256 x 256 cells: those of cell c are rows[starts[c]] up to rows[starts[c + 1]]. */
const gridOf = (places) => {
  const n = places.length / 2;
  const starts = new Uint32Array(65537);
  const cellOf = (i) => (places[2 * i + 1] >> 8) * 256 + (places[2 * i] >> 8);
  for (let i = 0; i < n; i += 1) starts[cellOf(i) + 1] += 1;
  for (let c = 0; c < 65536; c += 1) starts[c + 1] += starts[c];
  const next = starts.slice();
  const rows = new Uint32Array(n);
  for (let i = 0; i < n; i += 1) rows[next[cellOf(i)]++] = i;
  return { starts, rows };
};

/** The nearest product within a radius for which `allowed` holds, or -1. */
const nearestOf = ({ places, grid }, x, y, radius, allowed) => {
  const clip = (value) => Math.min(255, Math.max(0, Math.floor(value / 256)));
  let best = -1;
  let least = radius * radius;
  for (let row = clip(y - radius); row <= clip(y + radius); row += 1) {
    const from = grid.starts[row * 256 + clip(x - radius)];
    const to = grid.starts[row * 256 + clip(x + radius) + 1];
    for (let k = from; k < to; k += 1) {
      const i = grid.rows[k];
      const dx = places[2 * i] - x;
      const dy = places[2 * i + 1] - y;
      const far = dx * dx + dy * dy;
      if (far <= least && allowed(i)) {
        least = far;
        best = i;
      }
    }
  }
  return best;
};

/** How words are compared: without case, accents and width, in any script. */
const folded = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/** The rows that hold every word of the query in title or id. */
const searcherOf = ({ titles, ids }) => {
  let texts = null;
  return (query) => {
    const words = folded(query).split(/\s+/).filter(Boolean);
    if (!words.length) return null;
    texts ??= titles.map((title, i) => `${folded(title)}\n${folded(ids[i])}`);
    const found = [];
    for (let i = 0; i < texts.length; i += 1) if (words.every((word) => texts[i].includes(word))) found.push(i);
    return found;
  };
};
