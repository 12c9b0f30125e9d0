import type { Imports } from "./imports.ts";

/** What README says of the project's folders. */
export interface Layout {
  /** The rooms of `lib/`, lowest first, each with what it holds. */
  rooms: readonly { name: string; holds: string }[];
  /** README's whole text. */
  text: string;
}

/** The rooms that README lists as `lib/NAME/   what it holds`. */
export function layoutOf(readme: string): Layout {
  const rows = readme.matchAll(/^ {4}lib\/(\w+)\/ +(.+)$/gm);
  return { rooms: [...rows].map(([, name, holds]) => ({ name: name!, holds: holds! })), text: readme };
}

/** The room that a file is in, such as `dataset`; null outside of `lib/`. */
export function roomOf(file: string): string | null {
  return file.match(/^lib\/(\w+)\//)?.[1] ?? null;
}

/** A line for every import that does not go to the same room or one below it. */
export function upwardImports(imports: Imports, { rooms }: Layout): string[] {
  const height = (file: string) => rooms.findIndex(({ name }) => name === roomOf(file));
  return [...imports].flatMap(([file, targets]) => {
    if (height(file) < 0) return [`${file}: README lists no room of this name`];
    return targets.filter((target) => roomOf(target) === null || height(target) > height(file))
      .map((target) => `${file} imports ${target}, which does not stand below it`);
  });
}

/** A line for every circle of imports, each of its files named once. */
export function circles(imports: Imports): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  function visit(file: string, path: readonly string[]): void {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push(`a circle of imports: ${[...path.slice(start), file].join(" -> ")}`);
      return;
    }
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  }
  for (const file of imports.keys()) visit(file, []);
  return found;
}

/** The largest fraction of the lines of `lib/` that one room may hold: a larger one has more than one trade. */
export const LARGEST_ROOM = 0.15;

/** A line for every room with more than {@linkcode LARGEST_ROOM} of the lines, which are given by file. */
export function crowdedRooms(lines: ReadonlyMap<string, number>): string[] {
  const byRoom = new Map<string, number>();
  let total = 0;
  for (const [file, count] of lines) {
    const room = roomOf(file);
    total += count;
    if (room !== null) byRoom.set(room, (byRoom.get(room) ?? 0) + count);
  }
  const inPercent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
  return [...byRoom].filter(([, count]) => count > LARGEST_ROOM * total).map(([room, count]) =>
    `lib/${room}/ holds ${count} of ${total} lines, ${inPercent(count / total)}: more than ${
      inPercent(LARGEST_ROOM)
    } are more than one room`
  );
}

/** A line for everything at the top of the project that README does not name. */
export function strangers(names: readonly string[], { text }: Layout): string[] {
  const words = new Set(text.match(/[\w.-]+/g));
  return names.filter((name) => !words.has(name)).map((name) => `${name}: README does not name it`);
}
