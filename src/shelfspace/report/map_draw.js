// Painting of points: by WebGL, or into the pixels of a plain canvas where there is none.
// Both are given a camera {x, y, scale, width, height, ratio}: the place in the middle, and pixels a unit.

const OFF = 0; // states of a point: set aside, as usual, found
const PLAIN = 1;
const FOUND = 2;

/** sRGB of a colour given by OKLCH (Ottosson 2020), each part in 0…1. */
const fromOklch = (lightness, chroma, hue) => {
  const a = chroma * Math.cos(hue * 2 * Math.PI);
  const b = chroma * Math.sin(hue * 2 * Math.PI);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((part) => {
    const kept = Math.min(1, Math.max(0, part));
    return kept <= 0.0031308 ? 12.92 * kept : 1.055 * kept ** (1 / 2.4) - 0.055;
  });
};

/** A colour for each group; groups that name no one thing ("other") are grey. */
const paletteOf = (groups, quiet, dark) => {
  const turns = 7; // hues of one round; the next round is darker or lighter
  return groups.map((_, i) => {
    if (quiet[i]) return fromOklch(dark ? 0.55 : 0.68, 0.012, 0.7);
    const round = Math.floor(i / turns);
    const lightness = (dark ? 0.76 : 0.6) + [0, -0.13, 0.1, -0.2][round % 4] * (dark ? 1 : 0.9);
    const hue = ((i % turns) / turns + round * 0.071 + 0.045) % 1;
    return fromOklch(lightness, 0.145 - 0.02 * (round % 2), hue);
  });
};

const VERTEX = `
attribute vec2 place; attribute float group; attribute float state;
uniform vec2 centre; uniform vec2 zoom; uniform float radius; uniform float wanted;
uniform vec3 palette[64]; uniform vec3 quiet; uniform float faint;
varying vec4 colour; varying float size;
void main() {
  vec2 at = (place - centre) * zoom;
  gl_Position = vec4(state == wanted ? at : vec2(9.0), 0.0, 1.0);
  size = 2.0 * radius * (state == 2.0 ? 1.5 : state == 0.0 ? 0.8 : 1.0) + 1.0;
  gl_PointSize = size;
  colour = state == 0.0 ? vec4(quiet, faint) : vec4(palette[int(group + 0.5)], state == 2.0 ? 1.0 : 0.82);
}`;
const FRAGMENT = `
precision mediump float;
varying vec4 colour; varying float size;
void main() {
  float edge = (0.5 - length(gl_PointCoord - 0.5)) * size;
  float cover = clamp(edge, 0.0, 1.0) * colour.a;
  gl_FragColor = vec4(colour.rgb * cover, cover);
}`;

const programOf = (gl) => {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
};

/** Whether the card is imitated by the processor, which is many times slower than setting pixels. */
const isImitated = (gl) => {
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const name = gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
};

/** A painter that draws with the graphics card; null where there is none, unless it `must` be imitated. */
const cardPainter = (canvas, places, must) => {
  const wanted = { antialias: false, depth: false, failIfMajorPerformanceCaveat: !must };
  const probe = document.createElement("canvas").getContext("webgl", wanted); // a canvas keeps its first context
  if (!probe || (!must && isImitated(probe))) return null;
  const gl = canvas.getContext("webgl", wanted);
  const program = gl && programOf(gl);
  if (!program) return null;
  const at = (name) => gl.getUniformLocation(program, name);
  const uniforms = Object.fromEntries(
    ["centre", "zoom", "radius", "wanted", "palette", "quiet", "faint"].map((name) => [name, at(name)]),
  );
  const bufferOf = (name, size, type, scaled) => {
    const buffer = gl.createBuffer();
    const place = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, type, scaled, 0, 0);
    return (data) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    };
  };
  gl.useProgram(program);
  bufferOf("place", 2, gl.UNSIGNED_SHORT, true)(places);
  const setGroups = bufferOf("group", 1, gl.UNSIGNED_BYTE, false);
  const setStates = bufferOf("state", 1, gl.UNSIGNED_BYTE, false);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  let present = [];
  return {
    kind: "webgl",
    colour(groups, palette, quiet) {
      setGroups(groups);
      const flat = new Float32Array(192);
      palette.forEach((rgb, i) => flat.set(rgb, 3 * i));
      gl.uniform3fv(uniforms.palette, flat);
      gl.uniform3fv(uniforms.quiet, quiet);
    },
    mark(states) {
      setStates(states);
      present = [OFF, PLAIN, FOUND].filter((state) => states.includes(state));
    },
    draw(camera, radius) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      const unit = SIDE - 1;
      const zoom = [(2 * camera.scale * unit) / camera.width, (-2 * camera.scale * unit) / camera.height];
      gl.uniform2f(uniforms.centre, camera.x / unit, camera.y / unit);
      gl.uniform2fv(uniforms.zoom, zoom);
      gl.uniform1f(uniforms.radius, radius * camera.ratio);
      gl.uniform1f(uniforms.faint, 0.22);
      for (const state of present) {
        gl.uniform1f(uniforms.wanted, state);
        gl.drawArrays(gl.POINTS, 0, places.length / 2);
      }
    },
  };
};

/** A painter that sets pixels itself: discs, each over what was there before. */
const pixelPainter = (canvas, places) => {
  const context = canvas.getContext("2d", { alpha: true });
  let [groups, states, colours, faint] = [new Uint8Array(0), new Uint8Array(0), new Uint32Array(1), 0];
  let [image, pixels, present] = [null, null, []];
  const packed = (rgb, alpha) => {
    const [r, g, b] = rgb.map((part) => Math.round(255 * part));
    return ((Math.round(255 * alpha) << 24) | (b << 16) | (g << 8) | r) >>> 0;
  };
  const clear = ({ width, height }) => {
    if (image?.width !== width || image.height !== height) {
      image = context.createImageData(width, height);
      pixels = new Uint32Array(image.data.buffer);
    } else pixels.fill(0);
  };
  /** The pixels of a disc, counted from its upper left corner. */
  const discOf = (side) => {
    const offsets = [];
    for (let row = 0; row < side; row += 1)
      for (let column = 0; column < side; column += 1)
        if (side < 3 || Math.hypot(row + 0.5 - side / 2, column + 0.5 - side / 2) <= side / 2)
          offsets.push(row * canvas.width + column);
    return Int32Array.from(offsets);
  };
  const paint = (state, camera, side) => {
    const { width, height } = canvas;
    const disc = discOf(side);
    const scale = camera.scale * camera.ratio;
    const [left, top] = [width / 2 - camera.x * scale - side / 2, height / 2 - camera.y * scale - side / 2];
    for (let i = 0; i < states.length; i += 1) {
      if (states[i] !== state) continue;
      const column = (places[2 * i] * scale + left) | 0;
      const row = (places[2 * i + 1] * scale + top) | 0;
      if (column < 0 || row < 0 || column + side > width || row + side > height) continue;
      const colour = state === OFF ? faint : colours[groups[i]];
      const corner = row * width + column;
      for (let k = 0; k < disc.length; k += 1) pixels[corner + disc[k]] = colour;
    }
  };
  return {
    kind: "canvas",
    colour(newGroups, palette, quiet) {
      groups = newGroups;
      colours = Uint32Array.from(palette, (rgb) => packed(rgb, 1));
      faint = packed(quiet, 0.22);
    },
    mark(newStates) {
      states = newStates;
      present = [OFF, PLAIN, FOUND].filter((state) => states.includes(state));
    },
    draw(camera, radius) {
      clear(canvas);
      const side = Math.max(1, Math.round(2 * radius * camera.ratio));
      for (const state of present) paint(state, camera, state === FOUND ? side + 2 : side);
      context.putImageData(image, 0, 0);
    },
  };
};

/** The painter for this browser; #webgl or #canvas behind the address asks for one of them. */
const painterOf = (canvas, places) => {
  const asked = location.hash.slice(1);
  const card = asked === "canvas" ? null : cardPainter(canvas, places, asked === "webgl");
  return card ?? pixelPainter(canvas, places);
};
