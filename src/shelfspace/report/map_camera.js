// The camera: which part of the square is seen, and how it moves.

const DEEPEST = 120; // times nearer than the whole
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

/** A camera that leaves `inset()` pixels at the left to the panel and calls `moved` after each movement. */
const cameraOf = (places, inset, moved) => {
  const camera = { x: SIDE / 2, y: SIDE / 2, scale: 1, width: 1, height: 1, ratio: 1, whole: 1 };
  let flight = 0;

  camera.toScreen = (x, y) => [
    (x - camera.x) * camera.scale + camera.width / 2,
    (y - camera.y) * camera.scale + camera.height / 2,
  ];
  camera.toPlace = (left, top) => [
    (left - camera.width / 2) / camera.scale + camera.x,
    (top - camera.height / 2) / camera.scale + camera.y,
  ];
  camera.onScreen = (i) => camera.toScreen(places[2 * i], places[2 * i + 1]);

  /** The radius of a point in pixels: the more there are the smaller, the nearer the larger. */
  camera.radius = () => {
    const room = Math.sqrt((camera.width * camera.height) / Math.max(1, places.length / 2));
    return Math.min(9, Math.min(3.4, Math.max(0.7, 0.3 * room)) * Math.max(0.8, camera.scale / camera.whole) ** 0.45);
  };
  camera.wholeView = () => {
    const scale = (0.94 * Math.min(camera.width - inset(), camera.height)) / SIDE;
    camera.whole = scale;
    return { x: SIDE / 2 - inset() / 2 / scale, y: SIDE / 2, scale };
  };
  camera.resize = (width, height) => {
    const before = camera.whole;
    Object.assign(camera, { width, height, ratio: Math.min(2, devicePixelRatio || 1) });
    camera.scale *= camera.wholeView().scale / before;
    moved();
  };
  camera.zoomAt = (factor, left = (camera.width + inset()) / 2, top = camera.height / 2) => {
    const [x, y] = camera.toPlace(left, top);
    camera.scale = Math.min(DEEPEST * camera.whole, Math.max(0.5 * camera.whole, camera.scale * factor));
    camera.x = x - (left - camera.width / 2) / camera.scale;
    camera.y = y - (top - camera.height / 2) / camera.scale;
    moved();
  };
  camera.panBy = (dx, dy) => {
    const kept = (value) => Math.min(1.5 * SIDE, Math.max(-0.5 * SIDE, value));
    camera.x = kept(camera.x - dx / camera.scale);
    camera.y = kept(camera.y - dy / camera.scale);
    moved();
  };
  camera.halt = () => cancelAnimationFrame(flight);
  camera.flyTo = ({ x, y, scale }) => {
    camera.halt();
    const [from, begun] = [{ ...camera }, performance.now()];
    const step = (now) => {
      const time = isCalm.matches ? 1 : Math.min(1, Math.max(0, (now - begun) / 420));
      const part = time * time * (3 - 2 * time);
      camera.scale = from.scale * (scale / from.scale) ** part;
      // In a zoom the middle moves as the picture grows, not as time goes by.
      const grown = 1 / from.scale - 1 / scale;
      const share = Math.abs(grown) < 1e-9 / scale ? part : (1 / from.scale - 1 / camera.scale) / grown;
      camera.x = from.x + (x - from.x) * share;
      camera.y = from.y + (y - from.y) * share;
      moved();
      if (time < 1) flight = requestAnimationFrame(step);
    };
    flight = requestAnimationFrame(step);
  };
  camera.flyToWhole = () => camera.flyTo(camera.wholeView());

  /** Fly to where all of some rows are seen, at most `nearest` times nearer than the whole. */
  camera.flyToRows = (rows, nearest = 40) => {
    let [left, top, right, bottom] = [SIDE, SIDE, 0, 0];
    for (const i of rows) {
      left = Math.min(left, places[2 * i]);
      right = Math.max(right, places[2 * i]);
      top = Math.min(top, places[2 * i + 1]);
      bottom = Math.max(bottom, places[2 * i + 1]);
    }
    const room = [(camera.width - inset()) / (right - left + 1), camera.height / (bottom - top + 1)];
    const scale = Math.min(nearest * camera.whole, Math.max(camera.whole, 0.8 * Math.min(...room)));
    camera.flyTo({ x: (left + right) / 2 - inset() / 2 / scale, y: (top + bottom) / 2, scale });
  };
  return camera;
};
