import { InputError } from "../support/input_error.ts";

/**
 * What a pickle may hold: Python's plain values (tuples are arrays, dictionaries maps), what `find` and `load` return,
 * and records of what it names beyond that, {@linkcode PickledClass} and {@linkcode PickledObject}.
 */
export type Pickled = unknown;

/** A class or function that a pickle names and that is not known here: only its name. */
export class PickledClass {
  constructor(readonly name: string) {}
}

/** An object of a class that is not known here: a record of what the pickle says of it. Nothing of Python is run. */
export class PickledObject {
  /** What the pickle says the object's attributes are; null where it says nothing. */
  state: Pickled = null;
  /** What it puts into the object where that is a dictionary. */
  readonly entries = new Map<Pickled, Pickled>();

  constructor(readonly className: string) {}
}

/** Makes a value of the arguments of a call, as Python's `REDUCE` does; `spend` is told the bytes of memory that it takes. */
export class Constructor {
  constructor(readonly make: (args: readonly Pickled[], spend: (bytes: number) => void) => Pickled) {}
}

/** Options for {@linkcode unpickle}. */
export interface UnpickleOptions {
  /** The file that the bytes are from, for messages. */
  file: string;
  /** Where the pickle begins; the first byte unless given. */
  start?: number;
  /** What stands for a global such as `collections.OrderedDict`; undefined makes a record of its name. */
  find(name: string): Pickled;
  /** What stands for an object that is kept outside of the pickle, by its id. */
  load(id: Pickled): Pickled;
}

/** Modules and functions that only a pickle made to do harm names; the file is harmless here, and is not elsewhere. */
const RUNS_COMMANDS =
  /^((os|posix|nt|subprocess|sys|shutil|socket|pty|commands|runpy|importlib|ctypes|webbrowser|pip|pdb)\.|(builtins|__builtin__)\.(eval|exec|execfile|compile|open|__import__|breakpoint|input)$)/;

const LONGEST_NAME = 256;
/**
 * What a pickle's values may take in memory beyond its own length. One byte can make a dictionary, and one value can be
 * copied as often as it is named: neither is bounded by the file's size.
 */
const MOST_BYTES = 2 ** 26;
/** What an operation, a list and its elements, a dictionary and its entries take in memory, about. */
const OPERATION_BYTES = 16;
const LIST_BYTES = 32;
const ELEMENT_BYTES = 8;
export const MAP_BYTES = 256;
export const ENTRY_BYTES = 48;
const LONGEST_NUMBER = 256;
const MARK = Symbol("mark");
const LATIN1 = new TextDecoder("latin1");
const UTF8 = new TextDecoder();

/**
 * Reads one Python pickle (protocols 2 to 5: Python's pickletools.py describes them) and runs nothing of Python: of what
 * it names only the constructors that `find` returns are called, and the rest become records. Memory, and so the work,
 * is bounded by the pickle's length and 64 MB.
 *
 * @returns The value, and where the pickle ends.
 * @throws {InputError} The pickle names what runs commands, uses an operation that is not read, is cut short, or would
 * grow out of proportion.
 */
export function unpickle(bytes: Uint8Array, options: UnpickleOptions): { value: Pickled; end: number } {
  const { file, start = 0, find, load } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: Pickled[] = [];
  const memo = new Map<number, Pickled>();
  let position = start;
  let budget = bytes.length - start + MOST_BYTES;

  function fail(what: string): never {
    throw new InputError(
      `${file}: no checkpoint of torch.save as PyTorch writes it: its pickle is damaged, or of another kind (${what} at byte ${position})`,
    );
  }
  function spend(memory: number): void {
    budget -= memory;
    if (budget < 0) fail(`it grows out of proportion to the file's ${bytes.length} bytes`);
  }
  function advance(length: number): number {
    if (!(length <= bytes.length - position)) fail("it is cut short");
    position += length;
    return position - length;
  }
  const uint8 = () => view.getUint8(advance(1));
  const uint32 = () => view.getUint32(advance(4), true);
  const take = (length: number) => bytes.subarray(advance(length), position);
  function text(length: number, decoder: TextDecoder): string {
    const encoded = take(length);
    spend(2 * length);
    return decoder.decode(encoded);
  }
  const uint64 = () => Number(view.getBigUint64(advance(8), true));
  function line(): string {
    const end = bytes.indexOf(0x0a, position);
    if (end < 0) fail("a line has no end");
    const content = text(end - position, UTF8);
    position++;
    return content;
  }
  function pop(): Pickled {
    if (stack.length === 0 || stack.at(-1) === MARK) fail("its stack is empty");
    return stack.pop();
  }
  function top(): Pickled {
    if (stack.length === 0 || stack.at(-1) === MARK) fail("its stack is empty");
    return stack.at(-1);
  }
  function popToMark(): Pickled[] {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) fail("it lacks a mark");
    spend(LIST_BYTES + ELEMENT_BYTES * (stack.length - mark));
    return stack.splice(mark).slice(1);
  }
  function popTuple(length: number): Pickled[] {
    spend(LIST_BYTES + ELEMENT_BYTES * length);
    return Array.from({ length }, pop).reverse();
  }
  function setAll(pairs: readonly Pickled[]): void {
    const object = top();
    const target = object instanceof PickledObject ? object.entries : object;
    if (!(target instanceof Map)) fail("keys and values without a dictionary");
    if (pairs.length % 2 === 1) fail("a key lacks its value");
    spend(ENTRY_BYTES * pairs.length / 2);
    for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i], pairs[i + 1]);
  }
  function dictionary(): Map<Pickled, Pickled> {
    spend(MAP_BYTES);
    return new Map();
  }
  function list(): Pickled[] {
    spend(LIST_BYTES);
    return [];
  }
  function keep(key: number): void {
    spend(ENTRY_BYTES);
    memo.set(key, top());
  }
  function append(values: readonly Pickled[]): void {
    const target = top();
    if (target instanceof PickledObject) return;
    if (!Array.isArray(target)) fail("values without a list");
    spend(ELEMENT_BYTES * values.length);
    for (const value of values) target.push(value);
  }
  function global(module: Pickled, member: Pickled): Pickled {
    if (typeof module !== "string" || typeof member !== "string") {
      fail("the module or name of a class is no text");
    }
    const name = `${module}.${member}`;
    if (name.length > LONGEST_NAME) fail(`a name of ${name.length} characters`);
    if (RUNS_COMMANDS.test(name)) {
      throw new InputError(
        `${file}: names "${name}", which is not run here but where PyTorch opens it: not a file to trust`,
      );
    }
    return find(name) ?? new PickledClass(name);
  }
  function recall(key: number): Pickled {
    return memo.has(key) ? memo.get(key) : fail(`nothing is kept as ${key}`);
  }
  function long(length: number): bigint | number {
    const digits = take(length);
    if (length === 0) return 0;
    if (length > LONGEST_NUMBER) fail(`a number of ${length} bytes`);
    const value = BigInt.asIntN(8 * length, BigInt(`0x${digits.toReversed().toHex()}`));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  function call(constructor: Pickled, args: Pickled): Pickled {
    if (!Array.isArray(args)) fail("a call without arguments");
    if (constructor instanceof Constructor) return constructor.make(args, spend);
    if (constructor instanceof PickledClass) {
      spend(MAP_BYTES + LIST_BYTES);
      return new PickledObject(constructor.name);
    }
    return fail("a call of what is no constructor");
  }
  function reduce(): Pickled {
    const args = pop();
    return call(pop(), args);
  }
  function build(): void {
    const state = pop();
    const object = top();
    if (object instanceof PickledObject) object.state = state;
  }

  const operations: Readonly<Record<number, () => unknown>> = {
    0x80: () => uint8() <= 5 || fail("a protocol above 5"), // PROTO
    0x95: () => advance(8), // FRAME
    0x28: () => stack.push(MARK), // MARK
    0x30: pop, // POP
    0x31: popToMark, // POP_MARK
    0x32: () => stack.push(top()), // DUP
    0x4e: () => stack.push(null), // NONE
    0x88: () => stack.push(true), // NEWTRUE
    0x89: () => stack.push(false), // NEWFALSE
    0x4a: () => stack.push(view.getInt32(advance(4), true)), // BININT
    0x4b: () => stack.push(uint8()), // BININT1
    0x4d: () => stack.push(view.getUint16(advance(2), true)), // BININT2
    0x8a: () => stack.push(long(uint8())), // LONG1
    0x8b: () => stack.push(long(uint32())), // LONG4
    0x47: () => stack.push(view.getFloat64(advance(8))), // BINFLOAT
    0x54: () => stack.push(text(uint32(), LATIN1)), // BINSTRING
    0x55: () => stack.push(text(uint8(), LATIN1)), // SHORT_BINSTRING
    0x58: () => stack.push(text(uint32(), UTF8)), // BINUNICODE
    0x8c: () => stack.push(text(uint8(), UTF8)), // SHORT_BINUNICODE
    0x8d: () => stack.push(text(uint64(), UTF8)), // BINUNICODE8
    0x42: () => stack.push(take(uint32())), // BINBYTES
    0x43: () => stack.push(take(uint8())), // SHORT_BINBYTES
    0x8e: () => stack.push(take(uint64())), // BINBYTES8
    0x96: () => stack.push(take(uint64())), // BYTEARRAY8
    0x5d: () => stack.push(list()), // EMPTY_LIST
    0x61: () => append([pop()]), // APPEND
    0x65: () => append(popToMark()), // APPENDS
    0x29: () => stack.push(list()), // EMPTY_TUPLE
    0x74: () => stack.push(popToMark()), // TUPLE
    0x85: () => stack.push(popTuple(1)), // TUPLE1
    0x86: () => stack.push(popTuple(2)), // TUPLE2
    0x87: () => stack.push(popTuple(3)), // TUPLE3
    0x7d: () => stack.push(dictionary()), // EMPTY_DICT
    0x73: () => setAll(popTuple(2)), // SETITEM
    0x75: () => setAll(popToMark()), // SETITEMS
    0x8f: () => stack.push(list()), // EMPTY_SET
    0x90: () => append(popToMark()), // ADDITEMS
    0x91: () => stack.push(popToMark()), // FROZENSET
    0x71: () => keep(uint8()), // BINPUT
    0x72: () => keep(uint32()), // LONG_BINPUT
    0x94: () => keep(memo.size), // MEMOIZE
    0x68: () => stack.push(recall(uint8())), // BINGET
    0x6a: () => stack.push(recall(uint32())), // LONG_BINGET
    0x63: () => stack.push(global(line(), line())), // GLOBAL
    0x93: () => stack.push(global(...popTuple(2) as [Pickled, Pickled])), // STACK_GLOBAL
    0x52: () => stack.push(reduce()), // REDUCE
    0x81: () => stack.push(reduce()), // NEWOBJ
    0x92: () => { // NEWOBJ_EX
      pop();
      stack.push(reduce());
    },
    0x62: build, // BUILD
    0x51: () => stack.push(load(pop())), // BINPERSID
  };

  for (;;) {
    spend(OPERATION_BYTES);
    const code = uint8();
    if (code === 0x2e) return { value: pop(), end: position }; // STOP
    const operation = operations[code];
    if (operation === undefined) fail(`operation 0x${code.toString(16).padStart(2, "0")}`);
    operation();
  }
}
