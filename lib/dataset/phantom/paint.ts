/** A rectangle of the chest, in shares of its width and height from the upper left corner. */
export interface Region {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** A point of a line that is drawn: its place, half its thickness there (shares of the width) and its strength. */
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

/**
 * Adds a line through the points to a field of size x size. Its profile is a parabola, brightest in the middle; a line
 * thinner than a pixel is drawn one pixel thick and as much fainter.
 */
export function stroke(field: Float32Array, size: number, points: readonly StrokePoint[]): void {
  const thinnest = 0.7 / size;
  for (let k = 0; k + 1 < points.length; k++) {
    const a = points[k]!;
    const b = points[k + 1]!;
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    const length2 = dx * dx + dy * dy;
    if (length2 === 0) continue;
    const reach = Math.max(a.width, b.width, thinnest);
    const left = Math.max(0, Math.floor((Math.min(a.x, b.x) - reach) * size));
    const right = Math.min(size - 1, Math.ceil((Math.max(a.x, b.x) + reach) * size));
    const top = Math.max(0, Math.floor((Math.min(a.y, b.y) - reach) * size));
    const bottom = Math.min(size - 1, Math.ceil((Math.max(a.y, b.y) + reach) * size));
    for (let row = top; row <= bottom; row++) {
      const py = (row + 0.5) / size - a.y;
      for (let column = left; column <= right; column++) {
        const px = (column + 0.5) / size - a.x;
        const along = (px * dx + py * dy) / length2;
        if (along < 0 || along >= 1) continue;
        const across = px * dy - py * dx;
        const width = a.width + (b.width - a.width) * along;
        const drawn = width > thinnest ? width : thinnest;
        const share = across * across / (length2 * drawn * drawn);
        if (share >= 1) continue;
        const strength = a.strength + (b.strength - a.strength) * along;
        field[row * size + column]! += strength * (1 - share) * (width / drawn);
      }
    }
  }
}

/** From 0 at or below `low` to 1 at or above `high`, smoothly. */
export function ramp(value: number, low: number, high: number): number {
  const share = (value - low) / (high - low);
  if (share <= 0) return 0;
  if (share >= 1) return 1;
  return share * share * (3 - 2 * share);
}
