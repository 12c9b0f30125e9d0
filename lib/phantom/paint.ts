/** A rectangle of the chest, in fractions of its width and height from the upper left corner. */
export interface Region {
  /** The left edge. */
  x0: number;
  /** The upper edge. */
  y0: number;
  /** The right edge. */
  x1: number;
  /** The lower edge. */
  y1: number;
}

/** A point of a line that is drawn: its place, half its thickness there (fractions of the width) and its strength. */
export interface StrokePoint {
  x: number;
  y: number;
  width: number;
  strength: number;
}

/** Calls `dab` for every pixel whose centre lies in the region; x and y are the centre, i its index. */
export function paint(size: number, region: Region, dab: (x: number, y: number, i: number) => void): void {
  const left = Math.max(0, Math.ceil(region.x0 * size - 0.5));
  const right = Math.min(size - 1, Math.floor(region.x1 * size - 0.5));
  const top = Math.max(0, Math.ceil(region.y0 * size - 0.5));
  const bottom = Math.min(size - 1, Math.floor(region.y1 * size - 0.5));
  for (let row = top; row <= bottom; row++) {
    const y = (row + 0.5) / size;
    for (let column = left; column <= right; column++) dab((column + 0.5) / size, y, row * size + column);
  }
}

/** What a line is drawn on. */
export interface Ground {
  /** [size, size] */
  field: Float32Array;
  size: number;
  /** Whether the line shows where it is stronger than what is there, as vessels that fork do; it adds to it if not. */
  over?: boolean;
}

/**
 * Draws a line through the points. Its profile is a parabola, brightest in the middle, and its
 * ends are round; a line thinner than a pixel is drawn a pixel thick and as much fainter.
 */
export function stroke({ field, size, over = false }: Ground, points: readonly StrokePoint[]): void {
  const frame = frameOf(points, size);
  const width = frame.right - frame.left + 1;
  if (width <= 0 || frame.bottom < frame.top) return;
  const line = new Float32Array(width * (frame.bottom - frame.top + 1));
  for (let k = 0; k + 1 < points.length; k++) {
    const a = points[k]!;
    const b = points[k + 1]!;
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    const length2 = dx * dx + dy * dy;
    if (length2 === 0) continue;
    const { left, right, top, bottom } = frameOf([a, b], size);
    for (let row = top; row <= bottom; row++) {
      const py = (row + 0.5) / size - a.y;
      for (let column = left; column <= right; column++) {
        const px = (column + 0.5) / size - a.x;
        const share = Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
        const awayX = px - share * dx;
        const awayY = py - share * dy;
        const half = a.width + (b.width - a.width) * share;
        const drawn = Math.max(half, THINNEST / size);
        const away = (awayX * awayX + awayY * awayY) / (drawn * drawn);
        if (away >= 1) continue;
        const strength = (a.strength + (b.strength - a.strength) * share) * (half / drawn);
        const i = (row - frame.top) * width + column - frame.left;
        line[i] = Math.max(line[i]!, strength * (1 - away));
      }
    }
  }
  for (let row = frame.top; row <= frame.bottom; row++) {
    const from = (row - frame.top) * width - frame.left;
    for (let column = frame.left; column <= frame.right; column++) {
      const i = row * size + column;
      const drawn = line[from + column]!;
      field[i] = over ? Math.max(field[i]!, drawn) : field[i]! + drawn;
    }
  }
}

/** Half the thickness of the thinnest line, in pixels. */
const THINNEST = 0.7;

/** The pixels that a line through the points may touch. */
function frameOf(points: readonly StrokePoint[], size: number) {
  const frame = { left: size, right: -1, top: size, bottom: -1 };
  for (const { x, y, width } of points) {
    const reach = Math.max(width * size, THINNEST);
    frame.left = Math.min(frame.left, Math.floor(x * size - reach));
    frame.right = Math.max(frame.right, Math.ceil(x * size + reach));
    frame.top = Math.min(frame.top, Math.floor(y * size - reach));
    frame.bottom = Math.max(frame.bottom, Math.ceil(y * size + reach));
  }
  return {
    left: Math.max(0, frame.left),
    right: Math.min(size - 1, frame.right),
    top: Math.max(0, frame.top),
    bottom: Math.min(size - 1, frame.bottom),
  };
}

/** From 0 at or below `low` to 1 at or above `high`, smoothly. */
export function ramp(value: number, low: number, high: number): number {
  const share = (value - low) / (high - low);
  if (share <= 0) return 0;
  if (share >= 1) return 1;
  return share * share * (3 - 2 * share);
}
