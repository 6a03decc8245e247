// What is told of one product, beside its point and to those who listen. Texts are only ever set as text.

const byId = (id) => document.getElementById(id);
const made = (name, text = "", properties = {}) =>
  Object.assign(document.createElement(name), { textContent: text, ...properties });
const within = (name, ...children) => {
  const parent = made(name);
  parent.append(...children);
  return parent;
};
const css = (rgb) => `rgb(${rgb.map((part) => Math.round(255 * part)).join(" ")})`;
const swatchOf = (rgb) => {
  const swatch = made("span", "", { className: "swatch" });
  if (rgb) swatch.style.background = css(rgb);
  return swatch;
};

const cardOf = (all, camera) => {
  const card = byId("card");
  const valueOf = (field, i) => field.values[field.codes[i]] || "not given";
  let shown = -1;
  return {
    /** Tell of product i, -1 for none; the field that colours the map is marked with the product's colour. */
    show(i, coloured, rgb) {
      shown = i;
      card.hidden = i < 0;
      if (i < 0) return;
      const photo = thumbnailOf(all.thumbnails, i);
      const rows = all.fields.map((field) => {
        const name = made("span", `${field.name} `, { className: "soft" });
        return within("li", swatchOf(field === coloured ? rgb : null), name, made("bdi", valueOf(field, i)));
      });
      const line = [all.ids[i], all.prices[i]].filter(Boolean).join(" · ");
      card.replaceChildren(
        ...(photo ? [made("img", "", { src: photo, alt: "" })] : []),
        made("p", all.titles[i] || all.ids[i], { className: "title", dir: "auto" }),
        made("p", line, { className: "soft id", dir: "auto" }),
        within("ul", ...rows),
      );
    },
    /** Say it to a screen reader. */
    tell(i) {
      const fields = all.fields.map((field) => `${field.name} ${valueOf(field, i)}`);
      byId("told").textContent = i < 0 ? "" : [all.titles[i], all.ids[i], all.prices[i], ...fields].filter(Boolean).join(", ");
    },
    place() {
      if (shown < 0) return;
      const [left, top] = camera.onScreen(shown);
      const [width, height] = [card.offsetWidth, card.offsetHeight];
      const x = left + 18 + width > camera.width ? left - 18 - width : left + 18;
      const y = Math.min(top - height / 2, camera.height - height - 8);
      card.style.transform = `translate(${Math.max(8, x)}px, ${Math.max(8, y)}px)`;
    },
  };
};
