/// <reference lib="dom" />
import type { GreyImage } from "../../dataset/grey_image.ts";
import type { PageExample } from "../page_data.ts";
import { button, element } from "./dom.ts";
import { heatCanvas } from "./heat_canvas.ts";
import { type ShownImage, shownImage, WHOLE_WINDOW, type Window } from "./shown_image.ts";
import { findingTitle } from "./words.ts";

/** What dragging does. */
type DragMode = "window" | "pan";

/** Where an image lies: its scale beyond what fits, and its shift in pixels of the screen. */
interface View {
  zoom: number;
  x: number;
  y: number;
}

const WHOLE_VIEW: View = { zoom: 1, x: 0, y: 0 };
const MOST_ZOOM = 16;
const ZOOM_STEP = 1.25;

/** The strongest colour's opacity to begin with, as in reports. */
const OPACITY = 0.65;

/** A dragged screen's width changes the window by this many of its whole range. */
const WINDOW_SPEED = 1.5;

const BOX_COLOUR = "#56B4E9";

/** Shows one image as viewers of radiographs do, with a heat map and bounding boxes over it. */
export interface Viewer {
  element: HTMLElement;
  /** Shows an image under its whole window, or none. */
  show(image: GreyImage | null, options: { label: string; boxes: PageExample["boxes"] }): void;
  /** Lays a heat map over the image, or none. */
  showHeat(map: Float32Array | null, label: string): void;
  /** Does what a key asks for. */
  onKey(key: string): boolean;
}

/** Makes a viewer. */
export function makeViewer(): Viewer {
  const canvas = element("canvas", {
    className: "canvas",
    tabIndex: 0,
    role: "img",
    "aria-label": "No image",
  });
  const state = {
    image: null as ShownImage | null,
    heat: null as OffscreenCanvas | null,
    boxes: [] as PageExample["boxes"],
    window: WHOLE_WINDOW as Window,
    view: WHOLE_VIEW,
    drag: "window" as DragMode,
    hasHeat: true,
    hasBoxes: true,
    opacity: OPACITY,
    label: "No image",
    heatLabel: "",
  };
  let isAsked = false;

  function draw(): void {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      drawNow();
    });
  }

  function drawNow(): void {
    const ratio = devicePixelRatio;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
      [canvas.width, canvas.height] = [width * ratio, height * ratio];
    }
    const context = canvas.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const { image, heat, view, boxes } = state;
    if (image === null) return;
    const scale = Math.min(width / image.width, height / image.height) * view.zoom;
    const [across, down] = [image.width * scale, image.height * scale];
    const [left, top] = [(width - across) / 2 + view.x, (height - down) / 2 + view.y];
    context.imageSmoothingEnabled = scale * ratio < 6;
    context.imageSmoothingQuality = "high";
    context.drawImage(image.canvas, left, top, across, down);
    if (heat !== null && state.hasHeat) {
      context.imageSmoothingEnabled = true;
      context.globalAlpha = state.opacity;
      context.drawImage(heat, left, top, across, down);
      context.globalAlpha = 1;
    }
    if (state.hasBoxes) {
      context.font = "12px system-ui, sans-serif";
      for (const { label, x0, y0, x1, y1 } of boxes) {
        const box = [left + x0 * across, top + y0 * down, (x1 - x0) * across, (y1 - y0) * down] as const;
        for (const [style, line] of [["rgba(0, 0, 0, 0.6)", 4], [BOX_COLOUR, 2]] as const) {
          context.strokeStyle = style;
          context.lineWidth = line;
          context.strokeRect(...box);
        }
        context.fillStyle = BOX_COLOUR;
        context.fillText(findingTitle(label), box[0] + 4, Math.max(12, box[1] - 5));
      }
    }
  }

  function change(changes: Partial<typeof state>): void {
    Object.assign(state, changes);
    if (changes.window) state.image?.apply(state.window);
    heatToggle.setAttribute("aria-pressed", String(state.hasHeat));
    boxToggle.setAttribute("aria-pressed", String(state.hasBoxes));
    boxToggle.hidden = state.boxes.length === 0;
    invert.setAttribute("aria-pressed", String(state.window.inverted));
    windowMode.setAttribute("aria-pressed", String(state.drag === "window"));
    panMode.setAttribute("aria-pressed", String(state.drag === "pan"));
    canvas.classList.toggle("pans", state.drag === "pan");
    const hasHeat = state.heat !== null && state.hasHeat;
    canvas.setAttribute("aria-label", hasHeat ? `${state.label}, ${state.heatLabel}` : state.label);
    heatCorner.textContent = hasHeat ? state.heatLabel : "";
    windowCorner.textContent = state.image === null ? "" : cornerText(state.window, state.view);
    draw();
  }

  /** Zooms about a point of the screen, the middle's by default. */
  function zoomBy(factor: number, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2): void {
    const { view } = state;
    const zoom = Math.min(MOST_ZOOM, Math.max(1, view.zoom * factor));
    const [fromX, fromY] = [x - canvas.clientWidth / 2, y - canvas.clientHeight / 2];
    const grown = zoom / view.zoom;
    change({
      view: zoom === 1
        ? WHOLE_VIEW
        : { zoom, x: fromX - (fromX - view.x) * grown, y: fromY - (fromY - view.y) * grown },
    });
  }

  function dragBy(dx: number, dy: number, mode: DragMode): void {
    const { view, window } = state;
    if (mode === "pan") return change({ view: { ...view, x: view.x + dx, y: view.y + dy } });
    const unit = WINDOW_SPEED / Math.max(1, canvas.clientWidth);
    change({
      window: {
        ...window,
        width: Math.min(2, Math.max(0.02, window.width + dx * unit)),
        center: Math.min(1.5, Math.max(-0.5, window.center + dy * unit)),
      },
    });
  }

  const reset = () =>
    change({ view: WHOLE_VIEW, window: { ...WHOLE_WINDOW, inverted: state.window.inverted } });
  const toggleHeat = () => change({ hasHeat: !state.hasHeat });
  const toggleBoxes = () => change({ hasBoxes: !state.hasBoxes });
  const toggleInvert = () => change({ window: { ...state.window, inverted: !state.window.inverted } });
  const fullScreen = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void frame.requestFullscreen().catch(() => {});
  };
  const heatToggle = button("Heat map", toggleHeat, { title: "Heat map on or off (H)" });
  const boxToggle = button("Bounding boxes", toggleBoxes, { title: "Bounding boxes on or off (B)" });
  const invert = button("Invert", toggleInvert, { title: "Black for white (I)" });
  const windowMode = button("Window", () => change({ drag: "window" }), {
    title: "Dragging changes the window: across its width, up and down its level (W)",
  });
  const panMode = button("Pan", () => change({ drag: "pan" }), { title: "Dragging moves the image (P)" });
  const opacity = element("input", {
    type: "range",
    min: "0",
    max: "100",
    value: String(100 * OPACITY),
    id: "opacity",
    oninput: () => change({ opacity: Number(opacity.value) / 100, hasHeat: true }),
  });
  const toolbar = element(
    "div",
    { className: "toolbar", role: "toolbar", "aria-label": "Viewer" },
    element("span", { className: "group" }, windowMode, panMode),
    element(
      "span",
      { className: "group" },
      button("−", () => zoomBy(1 / ZOOM_STEP), { title: "Smaller (-)", "aria-label": "Zoom out" }),
      button("+", () => zoomBy(ZOOM_STEP), { title: "Larger (+)", "aria-label": "Zoom in" }),
      button("Reset", reset, { title: "The whole image and window (0)" }),
    ),
    element("span", { className: "group" }, invert, heatToggle, boxToggle),
    element("label", { className: "opacity", for: "opacity" }, "Opacity ", opacity),
    button("Full screen", fullScreen, { title: "Full screen (F)" }),
  );
  const heatCorner = element("span", { className: "corner heat", "aria-hidden": "true" });
  const windowCorner = element("span", { className: "corner window", "aria-hidden": "true" });
  const picture = element("div", { className: "picture" }, canvas, windowCorner, heatCorner);
  const frame = element("div", { className: "viewer" }, picture, toolbar);

  const pointers = new Map<number, PointerEvent>();
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined || state.image === null) return;
    const other = [...pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    pointers.set(event.pointerId, event);
    const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
    if (other === undefined) {
      const pans = event.shiftKey || (event.buttons & 6) !== 0;
      return dragBy(dx, dy, pans ? "pan" : state.drag);
    }
    const reach = (one: PointerEvent) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const { left, top } = canvas.getBoundingClientRect();
    const middle = [(event.clientX + other.clientX) / 2 - left, (event.clientY + other.clientY) / 2 - top];
    zoomBy(reach(event) / Math.max(1, reach(before)), middle[0], middle[1]);
    dragBy(dx / 2, dy / 2, "pan");
  });
  for (const type of ["pointerup", "pointercancel"] as const) {
    canvas.addEventListener(type, ({ pointerId }) => void pointers.delete(pointerId));
  }
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(ZOOM_STEP ** -Math.sign(event.deltaY), event.offsetX, event.offsetY);
  }, { passive: false });
  canvas.addEventListener("dblclick", reset);
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  new ResizeObserver(draw).observe(canvas);
  const keys: Readonly<Record<string, () => void>> = {
    h: toggleHeat,
    b: toggleBoxes,
    i: toggleInvert,
    f: fullScreen,
    w: () => change({ drag: "window" }),
    p: () => change({ drag: "pan" }),
    "+": () => zoomBy(ZOOM_STEP),
    "=": () => zoomBy(ZOOM_STEP),
    "-": () => zoomBy(1 / ZOOM_STEP),
    "0": reset,
  };
  change({});

  return {
    element: frame,
    show(image, { label, boxes }) {
      const shown = image && shownImage(image);
      change({ image: shown, boxes, label, heat: null, view: WHOLE_VIEW, window: WHOLE_WINDOW });
    },
    showHeat: (map, heatLabel) => change({ heat: map && heatCanvas(map), heatLabel }),
    onKey(key) {
      const act = keys[key.toLowerCase()];
      act?.();
      return act !== undefined;
    },
  };
}

/** The window and its level in percent of what the file can hold, as viewers of radiographs write them, and the zoom. */
function cornerText({ width, center }: Window, { zoom }: View): string {
  const [wide, level] = [width, center].map((value) => (100 * value).toFixed(0));
  return `W ${wide} %, L ${level} %` + (zoom === 1 ? "" : `, ${zoom.toFixed(1)} ×`);
}
