import assert from "node:assert/strict";
import {
  applyChange,
  type Change,
  DEFAULT_AUGMENTATION,
  drawChange,
} from "../../lib/dataset/augmentation.ts";
import { random } from "../../lib/support/random.ts";

const SAME: Change = { right: 0, down: 0, angle: 0, zoom: 1, brightness: 1, flip: false };
const SIZE = 16;
const IMAGE = Uint8Array.from({ length: SIZE ** 2 }, (_, i) => i).reverse();

function changed(image: Uint8Array, change: Partial<Change>, size = SIZE): Float32Array {
  const into = new Float32Array(size ** 2);
  applyChange(image, into, { size, change: { ...SAME, ...change } });
  return into;
}

/** The image's grey values, 0 to 1, at the places that a function gives for a row and column. */
function taken(from: (row: number, column: number) => [number, number]): Float32Array {
  return Float32Array.from(IMAGE, (_, i) => {
    const [row, column] = from(Math.floor(i / SIZE), i % SIZE);
    return IMAGE[row * SIZE + column]! / 255;
  });
}

Deno.test("applyChange gives exact values for no change, whole shifts, quarter turns and a flip", () => {
  const within = (place: number) => Math.max(0, Math.min(place, SIZE - 1));
  assert.deepEqual(changed(IMAGE, {}), taken((row, column) => [row, column]));
  assert.deepEqual(
    changed(IMAGE, { right: 3, down: -2 }),
    taken((row, column) => [within(row + 2), within(column - 3)]),
  );
  assert.deepEqual(changed(IMAGE, { flip: true }), taken((row, column) => [row, SIZE - 1 - column]));
  assert.deepEqual(changed(IMAGE, { angle: Math.PI / 2 }), taken((row, column) => [column, SIZE - 1 - row]));
  assert.deepEqual(changed(IMAGE, { angle: -Math.PI / 2 }), taken((row, column) => [SIZE - 1 - column, row]));
  const half = IMAGE.map((value) => value & 254);
  assert.deepEqual(changed(half, { brightness: 0.5 }), Float32Array.from(half, (value) => value / 2 / 255));
  assert.deepEqual(
    changed(IMAGE, { brightness: 256 }),
    Float32Array.from(IMAGE, (value) => Math.min(1, value)),
  );
});

Deno.test("applyChange keeps the mean where a turn keeps the picture inside, and an even image even", () => {
  const size = 64;
  const middle = (size - 1) / 2;
  const blob = Uint8Array.from({ length: size ** 2 }, (_, i) => {
    const squared = (Math.floor(i / size) - middle - 4) ** 2 + (i % size - middle + 6) ** 2;
    return Math.round(255 * Math.exp(-squared / 50));
  });
  const mean = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value) / size ** 2;
  const turned = mean(changed(blob, { angle: 0.5 }, size));
  assert(Math.abs(turned / (mean(blob) / 255) - 1) < 1e-3, `${turned}`);
  const even = changed(new Uint8Array(size ** 2).fill(51), { angle: 0.5, zoom: 0.7, right: 20 }, size);
  for (const value of even) assert(Math.abs(value - 0.2) < 1e-7);
});

Deno.test("applyChange agrees with scipy.ndimage.affine_transform", () => {
  const { size, image, cases } = JSON.parse(
    Deno.readTextFileSync("tests/fixtures/dataset/augmentation.json"),
  ) as {
    size: number;
    image: number[];
    cases: { change: Change; expected: number[] }[];
  };
  assert.equal(cases.length, 5);
  for (const { change, expected } of cases) {
    const actual = changed(Uint8Array.from(image), change, size);
    assert.equal(actual.length, expected.length);
    actual.forEach((value, i) =>
      assert(Math.abs(value - expected[i]!) < 1e-6, `${JSON.stringify(change)}[${i}]`)
    );
  }
});

Deno.test("drawChange changes nothing by default, and stays within what is asked for", () => {
  const none = drawChange({}, { size: 64, random: random(1) });
  for (const [name, value] of Object.entries(SAME)) assert(none[name as keyof Change] == value, name);
  const asked = { ...DEFAULT_AUGMENTATION, flip: true };
  const changes = Array.from(
    { length: 2000 },
    (_, i) => drawChange(asked, { size: 64, random: random(1, i) }),
  );
  const ends = (values: number[]) => [Math.min(...values), Math.max(...values)];
  const expected: [keyof Change, number, number][] = [
    ["right", -3.2, 3.2],
    ["down", -3.2, 3.2],
    ["angle", -Math.PI / 36, Math.PI / 36],
    ["zoom", 1 / 1.1, 1.1],
    ["brightness", 0.9, 1.1],
  ];
  for (const [name, low, high] of expected) {
    const [least, most] = ends(changes.map((change) => Number(change[name])));
    const slack = (high - low) / 100;
    assert(
      least! >= low && least! < low + slack && most! <= high && most! > high - slack,
      `${name} ${least} ${most}`,
    );
  }
  const flipped = changes.filter(({ flip }) => flip).length;
  assert(flipped > 900 && flipped < 1100, `${flipped}`);
  assert.equal(DEFAULT_AUGMENTATION.flip, undefined);
});
