/**
 * Chooses the points of a line that are enough to draw it: none that is left out lies further than `tolerance`
 * (in the units of the axes) from the line through the others. After Douglas and Peucker (1973).
 *
 * @returns The indices of the points kept, ascending, the first and the last among them.
 */
export function thin(x: ArrayLike<number>, y: ArrayLike<number>, tolerance: number): number[] {
  if (x.length < 3) return Array.from({ length: x.length }, (_, i) => i);
  const kept = new Set([0, x.length - 1]);
  const spans: [first: number, last: number][] = [[0, x.length - 1]];
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    const [first, last] = span;
    const { index, distance } = farthest(x, y, first, last);
    if (distance <= tolerance) continue;
    kept.add(index);
    spans.push([first, index], [index, last]);
  }
  return [...kept].sort((a, b) => a - b);
}

/** The point between two others that is farthest from the segment that joins them. */
function farthest(x: ArrayLike<number>, y: ArrayLike<number>, first: number, last: number) {
  const [x0, y0] = [x[first]!, y[first]!];
  const [dx, dy] = [x[last]! - x0, y[last]! - y0];
  const square = dx * dx + dy * dy;
  let index = first;
  let distance = -1;
  for (let i = first + 1; i < last; i++) {
    const px = x[i]! - x0;
    const py = y[i]! - y0;
    const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
    const away = (px - along * dx) ** 2 + (py - along * dy) ** 2;
    if (away > distance) {
      index = i;
      distance = away;
    }
  }
  return { index, distance: Math.sqrt(Math.max(0, distance)) };
}
