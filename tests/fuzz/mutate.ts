import type { Random } from "../../lib/support/random.ts";

/** Numbers at which sizes, counts and offsets go wrong, with as many bytes as they are written in. */
const EXTREMES = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];

/** What stands in texts where a number or a name is expected. */
const TOKENS = [
  "",
  "0",
  "-1",
  "1e999",
  "-1e308",
  "NaN",
  "Infinity",
  "null",
  "true",
  "[]",
  "{}",
  '"',
  '""',
  "'",
  ",",
  ";",
  "\t",
  "\n",
  "\r",
  "\r\n",
  "\0",
  "\u001b[2J",
  "\u202e",
  "\ufeff",
  "..",
  "/",
  "\\",
  "../../x",
  "=1+1",
  "%s",
  "99999999999999999999",
  "0x10",
  "1,5",
  "a".repeat(300),
  "[".repeat(100),
  "__proto__",
  "constructor",
  "ä",
  "\ud800",
];

/** A change of some bytes. */
type Change = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Puts bytes in place of others. */
function spliced(
  bytes: Uint8Array,
  { start, end, by }: { start: number; end: number; by: Uint8Array },
): Uint8Array {
  const result = new Uint8Array(start + by.length + bytes.length - end);
  result.set(bytes.subarray(0, start));
  result.set(by, start);
  result.set(bytes.subarray(end), start + by.length);
  return result;
}

/** A stretch of bytes, short ones more often than long ones. */
function stretch(bytes: Uint8Array, random: Random): { start: number; end: number } {
  const start = random.integer(bytes.length);
  const length = 1 + Math.floor((bytes.length - start) * random.uniform() ** 4);
  return { start, end: Math.min(bytes.length, start + length) };
}

/** Places near the start of a file, where headers are, as often as anywhere. */
function place(bytes: Uint8Array, random: Random): number {
  return random.integer(random.uniform() < 0.5 ? Math.min(512, bytes.length) : bytes.length);
}

const CHANGES: readonly Change[] = [
  (bytes, random) => {
    const result = bytes.slice();
    result[place(bytes, random)]! ^= 1 << random.integer(8);
    return result;
  },
  (bytes, random) => {
    const result = bytes.slice();
    result[place(bytes, random)] = random.integer(256);
    return result;
  },
  (bytes, random) => {
    const result = bytes.slice();
    const start = place(bytes, random);
    return result.fill(random.uniform() < 0.7 ? 0 : 255, start, start + 1 + random.integer(32));
  },
  (bytes, random) => {
    const result = bytes.slice();
    const view = new DataView(result.buffer);
    const width = [1, 2, 4, 8][random.integer(4)]!;
    if (bytes.length < width) return result;
    const start = Math.min(place(bytes, random), bytes.length - width);
    const value = EXTREMES[random.integer(EXTREMES.length)]!;
    const littleEndian = random.uniform() < 0.5;
    for (let i = 0; i < width; i++) {
      view.setUint8(start + (littleEndian ? i : width - 1 - i), Number(value >> BigInt(8 * i) & 255n));
    }
    return result;
  },
  (bytes, random) => bytes.slice(0, random.integer(bytes.length)),
  (bytes, random) => spliced(bytes, { ...stretch(bytes, random), by: new Uint8Array() }),
  (bytes, random) => {
    const { start, end } = stretch(bytes, random);
    return spliced(bytes, { start, end: start, by: bytes.subarray(start, end) });
  },
  (bytes, random) => {
    const { start, end } = stretch(bytes, random);
    const to = place(bytes, random);
    return spliced(bytes, {
      start: to,
      end: Math.min(bytes.length, to + end - start),
      by: bytes.slice(start, end),
    });
  },
  (bytes, random) => {
    const start = place(bytes, random);
    const by = Uint8Array.from({ length: 1 + random.integer(64) }, () => random.integer(256));
    return spliced(bytes, { start, end: start, by });
  },
];

const TEXT_CHANGES: readonly Change[] = [
  (bytes, random) => {
    const words = textOf(bytes).split(/([,:\n])/);
    words[random.integer(words.length)] = TOKENS[random.integer(TOKENS.length)]!;
    return bytesOf(words.join(""));
  },
  (bytes, random) => {
    const lines = textOf(bytes).split("\n");
    const [from, to] = [random.integer(lines.length), random.integer(lines.length)];
    lines.splice(to, random.integer(2), lines[from]!);
    return bytesOf(lines.join("\n"));
  },
  (bytes, random) => {
    const text = textOf(bytes);
    return bytesOf(
      text.replaceAll([",", "\n", ".", '"'][random.integer(4)]!, TOKENS[random.integer(TOKENS.length)]!),
    );
  },
];

/** A file's bytes with one to four changes, such as damage, a bad program and bad will make. */
export function mutate(
  bytes: Uint8Array,
  { random, isText }: { random: Random; isText: boolean },
): Uint8Array {
  let result = bytes;
  for (let count = 1 + Math.floor(4 * random.uniform() ** 2); count > 0 && result.length > 0; count--) {
    const changes = isText && random.uniform() < 0.7 ? TEXT_CHANGES : CHANGES;
    result = changes[random.integer(changes.length)]!(result, random);
  }
  return result;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
