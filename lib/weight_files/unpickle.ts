import { InputError } from "../support/input_error.ts";

/** What a pickle may hold: Python's plain values (tuples are arrays, dictionaries maps) and what `find` gives. */
export type Pickled = unknown;

/** A callable that a pickle may call, as Python's `REDUCE` does. */
export type Constructor = (...args: readonly Pickled[]) => Pickled;

/** Options for {@linkcode unpickle}. */
export interface UnpickleOptions {
  /** The file that the bytes are from, for messages. */
  file: string;
  /** Where the pickle begins; the first byte unless given. */
  start?: number;
  /** What stands for a global such as `collections.OrderedDict`; undefined refuses the pickle. */
  find(name: string): Pickled;
  /** What stands for an object that is kept outside of the pickle, by its id. */
  load(id: Pickled): Pickled;
}

const MARK = Symbol("mark");
const LATIN1 = new TextDecoder("latin1");
const UTF8 = new TextDecoder();

/**
 * Reads one Python pickle (protocols 2 to 5: Python's pickletools.py describes them) and runs nothing of Python:
 * only the constructors that `find` knows are called. Objects' states (`BUILD`) are dropped.
 *
 * @returns The value, and where the pickle ends.
 * @throws {InputError} The pickle names another global, uses an operation that plain values do not need, or is cut short.
 */
export function unpickle(bytes: Uint8Array, options: UnpickleOptions): { value: Pickled; end: number } {
  const { file, start = 0, find, load } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: Pickled[] = [];
  const memo = new Map<number, Pickled>();
  let position = start;

  function fail(what: string): never {
    throw new InputError(`${file}: not a pickle that is read: ${what} at byte ${position}`);
  }
  function advance(length: number): number {
    if (!(length <= bytes.length - position)) fail("it is cut short");
    position += length;
    return position - length;
  }
  const uint8 = () => view.getUint8(advance(1));
  const uint32 = () => view.getUint32(advance(4), true);
  const take = (length: number) => bytes.subarray(advance(length), position);
  const uint64 = () => Number(view.getBigUint64(advance(8), true));
  function line(): string {
    const end = bytes.indexOf(0x0a, position);
    if (end < 0) fail("a line has no end");
    const text = UTF8.decode(take(end - position));
    position++;
    return text;
  }
  function pop(): Pickled {
    if (stack.length === 0 || stack.at(-1) === MARK) fail("its stack is empty");
    return stack.pop();
  }
  function popToMark(): Pickled[] {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) fail("it lacks a mark");
    return stack.splice(mark).slice(1);
  }
  function popTuple(length: number): Pickled[] {
    return Array.from({ length }, pop).reverse();
  }
  function setAll(pairs: readonly Pickled[]): void {
    const target = stack.at(-1);
    if (!(target instanceof Map)) fail("keys and values without a dictionary");
    if (pairs.length % 2 === 1) fail("a key lacks its value");
    for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i], pairs[i + 1]);
  }
  function append(values: readonly Pickled[]): void {
    const target = stack.at(-1);
    if (!Array.isArray(target)) fail("values without a list");
    for (const value of values) target.push(value);
  }
  function global(name: string): Pickled {
    const found = find(name);
    if (found === undefined) throw new InputError(`${file}: names "${name}", which is not run`);
    return found;
  }
  function recall(key: number): Pickled {
    return memo.has(key) ? memo.get(key) : fail(`nothing is kept as ${key}`);
  }
  function long(length: number): bigint | number {
    let value = 0n;
    const digits = take(length);
    for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(digits[i]!);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }
  function reduce(): Pickled {
    const args = pop();
    const constructor = pop();
    if (typeof constructor !== "function" || !Array.isArray(args)) fail("a call of what is no constructor");
    return (constructor as Constructor)(...args);
  }

  const operations: Readonly<Record<number, () => unknown>> = {
    0x80: () => uint8() <= 5 || fail("a protocol above 5"), // PROTO
    0x95: () => advance(8), // FRAME
    0x28: () => stack.push(MARK), // MARK
    0x30: pop, // POP
    0x31: popToMark, // POP_MARK
    0x32: () => stack.push(stack.at(-1)), // DUP
    0x4e: () => stack.push(null), // NONE
    0x88: () => stack.push(true), // NEWTRUE
    0x89: () => stack.push(false), // NEWFALSE
    0x4a: () => stack.push(view.getInt32(advance(4), true)), // BININT
    0x4b: () => stack.push(uint8()), // BININT1
    0x4d: () => stack.push(view.getUint16(advance(2), true)), // BININT2
    0x8a: () => stack.push(long(uint8())), // LONG1
    0x47: () => stack.push(view.getFloat64(advance(8))), // BINFLOAT
    0x54: () => stack.push(LATIN1.decode(take(uint32()))), // BINSTRING
    0x55: () => stack.push(LATIN1.decode(take(uint8()))), // SHORT_BINSTRING
    0x58: () => stack.push(UTF8.decode(take(uint32()))), // BINUNICODE
    0x8c: () => stack.push(UTF8.decode(take(uint8()))), // SHORT_BINUNICODE
    0x8d: () => stack.push(UTF8.decode(take(uint64()))), // BINUNICODE8
    0x42: () => stack.push(take(uint32())), // BINBYTES
    0x43: () => stack.push(take(uint8())), // SHORT_BINBYTES
    0x5d: () => stack.push([]), // EMPTY_LIST
    0x61: () => append([pop()]), // APPEND
    0x65: () => append(popToMark()), // APPENDS
    0x29: () => stack.push([]), // EMPTY_TUPLE
    0x74: () => stack.push(popToMark()), // TUPLE
    0x85: () => stack.push(popTuple(1)), // TUPLE1
    0x86: () => stack.push(popTuple(2)), // TUPLE2
    0x87: () => stack.push(popTuple(3)), // TUPLE3
    0x7d: () => stack.push(new Map()), // EMPTY_DICT
    0x73: () => setAll(popTuple(2)), // SETITEM
    0x75: () => setAll(popToMark()), // SETITEMS
    0x71: () => memo.set(uint8(), stack.at(-1)), // BINPUT
    0x72: () => memo.set(uint32(), stack.at(-1)), // LONG_BINPUT
    0x94: () => memo.set(memo.size, stack.at(-1)), // MEMOIZE
    0x68: () => stack.push(recall(uint8())), // BINGET
    0x6a: () => stack.push(recall(uint32())), // LONG_BINGET
    0x63: () => stack.push(global(`${line()}.${line()}`)), // GLOBAL
    0x93: () => stack.push(global(popTuple(2).join("."))), // STACK_GLOBAL
    0x52: () => stack.push(reduce()), // REDUCE
    0x62: pop, // BUILD
    0x51: () => stack.push(load(pop())), // BINPERSID
  };

  for (;;) {
    const code = uint8();
    if (code === 0x2e) return { value: pop(), end: position }; // STOP
    const operation = operations[code];
    if (operation === undefined) fail(`operation 0x${code.toString(16).padStart(2, "0")}`);
    operation();
  }
}
