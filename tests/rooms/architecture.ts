import { escapeHtml } from "../../lib/plots/escape_html.ts";
import { type Layout, roomOf } from "./complaints.ts";
import type { Imports } from "./imports.ts";

const BOX = { width: 150, height: 46 };
const GAP = { x: 40, y: 44 };
const MARGIN = 24;

/** A room in the picture. */
interface Place {
  name: string;
  holds: string;
  x: number;
  y: number;
}

/**
 * The rooms as boxes with arrows to those that they import from, as an SVG. A room stands above all that it imports;
 * arrows to rooms that are reached through others are left out.
 */
export function drawArchitecture(imports: Imports, { rooms }: Layout): string {
  const uses = usesOf(imports);
  const levels: Map<string, number> = new Map();
  for (const { name } of rooms) {
    levels.set(name, 1 + Math.max(-1, ...[...uses.get(name) ?? []].map((used) => levels.get(used) ?? -1)));
  }
  const present = rooms.filter(({ name }) => uses.has(name));
  const rows = Array.from(
    { length: 1 + Math.max(...levels.values()) },
    (_, level) => present.filter(({ name }) => levels.get(name) === level),
  );
  const width = 2 * MARGIN + Math.max(...rows.map(({ length }) => length * (BOX.width + GAP.x) - GAP.x));
  const height = 2 * MARGIN + rows.length * (BOX.height + GAP.y) - GAP.y;
  const places = rows.flatMap((row, level) =>
    row.map((room, nth): Place => ({
      ...room,
      x: (width - row.length * (BOX.width + GAP.x) + GAP.x) / 2 + nth * (BOX.width + GAP.x),
      y: height - MARGIN - BOX.height - level * (BOX.height + GAP.y),
    }))
  );
  const at = (name: string) => places.find((place) => place.name === name)!;
  const arrows = present.flatMap(({ name }) => direct(name, uses).map((used) => arrow(at(name), at(used))));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"` +
    ` font-family="sans-serif" font-size="15" role="img">`,
    "<title>The rooms of lib/ and what each imports from</title>",
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">' +
    '<path d="M0 0 8 4 0 8z" fill="#5b6b7a"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...arrows,
    ...places.map(box),
    "</svg>\n",
  ].join("\n");
}

/** The rooms that each room imports from, itself left out. */
function usesOf(imports: Imports): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const room = roomOf(file)!;
    const used = uses.get(room) ?? new Set();
    for (const target of targets.map(roomOf)) if (target !== null && target !== room) used.add(target);
    uses.set(room, used);
  }
  return uses;
}

/** The rooms that a room imports from and does not reach through another. */
function direct(room: string, uses: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reached = (from: string): string[] =>
    [...uses.get(from) ?? []].flatMap((next) => [next, ...reached(next)]);
  const used = [...uses.get(room) ?? []];
  return used.filter((name) => !used.some((other) => reached(other).includes(name))).sort();
}

function box({ name, holds, x, y }: Place): string {
  const middle = x + BOX.width / 2;
  return `<g><title>${escapeHtml(holds)}</title>` +
    `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6" fill="#eef3f7" stroke="#5b6b7a"/>` +
    `<text x="${middle}" y="${
      y + BOX.height / 2 + 5
    }" text-anchor="middle" fill="#15181c">${name}</text></g>`;
}

/** From the foot of a box to the head of one in the next row; past the rows between, from its side in a curve. */
function arrow(from: Place, to: Place): string {
  const end = { x: to.x + BOX.width / 2, y: to.y };
  const isNext = to.y - from.y <= BOX.height + GAP.y;
  const start = isNext
    ? { x: from.x + BOX.width / 2, y: from.y + BOX.height }
    : { x: end.x < from.x + BOX.width / 2 ? from.x : from.x + BOX.width, y: from.y + BOX.height / 2 };
  const line = isNext ? `L${end.x} ${end.y}` : `Q${end.x} ${start.y} ${end.x} ${end.y}`;
  return `<path d="M${start.x} ${start.y}${line}" stroke="#5b6b7a" stroke-width="1.5" fill="none" ` +
    'marker-end="url(#head)"/>';
}
