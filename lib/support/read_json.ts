import { parse, type ParseErrorCode, printParseErrorCode, visit } from "jsonc-parser";
import { InputError } from "./input_error.ts";
import { quote } from "./printable.ts";
import { readText } from "./read_text.ts";

/** How deep objects and lists may lie in each other; no file of Thorax reaches ten. */
const DEEPEST = 64;

/** How `readJson` reads. */
export interface ReadJsonOptions {
  /** Whether comments and commas behind the last value are let through (JSONC). Default: false. */
  comments?: boolean;
  /** The whole message where there is no such file. Default: that of `readText`. */
  missing?: string;
}

/**
 * Reads a JSON file (RFC 8259), with comments where asked.
 *
 * @throws {InputError} When the file cannot be read, is no JSON (with the line), has a key twice in one object, or more
 * than 64 objects and lists in each other.
 */
export async function readJson(file: string, options: ReadJsonOptions = {}): Promise<unknown> {
  const { comments = false, missing } = options;
  if (missing !== undefined && await isMissing(file)) throw new InputError(missing);
  const text = await readText(file);
  checkJson(file, text, comments);
  return comments ? parse(text, [], { allowTrailingComma: true }) : JSON.parse(text);
}

/**
 * Parses JSON as `readJson` does, of a text that is there.
 *
 * @throws {InputError} As `readJson`; its message begins with `name`.
 */
export function parseJson(text: string, name: string): unknown {
  checkJson(name, text);
  return JSON.parse(text);
}

/**
 * Goes through a file's text and refuses what cannot be taken as it stands.
 *
 * @throws {InputError} As `readJson`.
 */
export function checkJson(file: string, text: string, comments = false): void {
  const keys: Set<string>[] = [];
  let depth = 0;
  const fail = (line: number, message: string) => new InputError(`${file}, line ${line + 1}: ${message}`);
  const begin = (...[, , line]: [offset: number, length: number, line: number, ...rest: unknown[]]) => {
    if (++depth > DEEPEST) throw fail(line, `more than ${DEEPEST} objects and lists in each other`);
  };
  visit(text, {
    onObjectBegin(...place) {
      begin(...place);
      keys.push(new Set());
    },
    onObjectProperty(key, _offset, _length, line) {
      if (keys.at(-1)!.has(key)) throw fail(line, `${quote(key)} is there twice`);
      if (key === "__proto__") throw fail(line, `${quote(key)} is no name`);
      keys.at(-1)!.add(key);
    },
    onObjectEnd() {
      depth--;
      keys.pop();
    },
    onArrayBegin: (...place) => begin(...place),
    onArrayEnd: () => void depth--,
    onError(code, offset, length, line) {
      const found = offset >= text.trimEnd().length ? "the end" : quote(text.slice(offset, offset + length));
      throw fail(line, `not JSON: ${wordsOf(code)} at ${found}`);
    },
  }, { disallowComments: !comments, allowTrailingComma: comments });
}

/** An error's name as words: `comma expected`. */
function wordsOf(code: ParseErrorCode): string {
  return printParseErrorCode(code).replaceAll(/(?<=[a-z])[A-Z]/g, " $&").toLowerCase();
}

async function isMissing(file: string): Promise<boolean> {
  try {
    await Deno.stat(file);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
