/**
 * What the kernel's relay (`kernel.py`) asks about cells: a JSON object a line on standard input, an answer a line
 * on standard output with the same `id`. The arguments are the id of Deno's kernel and the relay's folder: when standard
 * input ends, the relay has been killed, and they go with it.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { join, relative } from "node:path";
import process from "node:process";
import { cellContext } from "./cell_context.ts";
import { adviceAgainstMagic, type DescribedMistake, describeMistakes } from "./describe_mistakes.ts";
import { type EditedFiles, watchEditedFiles } from "./edited_files.ts";
import { foldTrace } from "./fold_trace.ts";
import { importsIn, importTargets } from "./import_targets.ts";
import {
  type Completion,
  type Diagnostic,
  type LanguageServer,
  startLanguageServer,
} from "./language_server.ts";
import { interruptibleCell, parseCell } from "./parse_cell.ts";

/** What is done with type errors before a cell runs. */
type TypesMode = "warn" | "error" | "off";

/** What is asked. */
type Request =
  | { id: number; do: "execute"; run: string; key: string; code: string }
  | { id: number; do: "ran"; key: string; code: string }
  | { id: number; do: "complete" | "inspect"; key: string; code: string; cursor: number }
  | { id: number; do: "fold"; trace: string };

/** The longest that a cell waits for its types, in milliseconds; see `kernel.py`. */
const PATIENCE = 1000 * Number(Deno.env.get("THORAX_TYPES_WAIT"));

/** The longest that help is waited for. */
const HELP_PATIENCE = 4000;

/** As many type errors are shown with a cell. */
const MOST_SHOWN = 8;

/** As many completions are shown, and of so many the types. */
const MOST_COMPLETIONS = 200;
const MOST_TYPES = 40;

/**
 * Diagnostics that cells are not told: names declared again (the kernel allows it) and values that are possibly
 * undefined only because an index could be out of range.
 */
const UNTOLD: readonly (number | string)[] = [2300, 2451, 2440, 2532, 2533, 18047, 18048, 18049];

/** Quick fixes that silence a mistake, or declare what was misspelt. */
const UNHELPFUL = /^(Disable|Ignore|Declare|Add index|Add all missing)/;

const folder = Deno.cwd();
const context = cellContext({ preface: globals() });
const targetOf = importTargets(folder);
const lookForEdits = watchEditedFiles([join(import.meta.dirname!, "..", ".."), folder], targetOf);
const types = typesMode(Deno.env.get("THORAX_TYPES"));
const running: { server: LanguageServer | null } = { server: null };

/** What every cell knows without an import; see `prelude.ts`. */
function globals(): string {
  const time = new URL("../time.ts", import.meta.url).href;
  return `declare global { var time: typeof import("${time}").time; }\n`;
}

function typesMode(value: string | undefined): TypesMode {
  return value === "error" || value === "off" ? value : "warn";
}

/** The language server, started anew where it has ended. */
function languageServer(): LanguageServer {
  return running.server ??= startLanguageServer(folder, `kernel_${Deno.pid}.ts`);
}

/** What a question to the language server gives in time; null where it takes longer or ends. */
async function inTime<T>(asked: Promise<T>, patience: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), patience));
  try {
    return await Promise.race([asked, late]);
  } catch {
    running.server?.stop();
    running.server = null;
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function typeErrors(key: string, code: string): Promise<DescribedMistake[]> {
  const { text, linesBefore } = context.around(key, code);
  const asked = languageServer();
  const found = await asked.diagnose(text);
  const lines = code.split("\n");
  const own = found.filter(({ code, range: { start } }) =>
    !UNTOLD.includes(code) && start.line >= linesBefore && start.line < linesBefore + lines.length
  );
  return await Promise.all(own.slice(0, MOST_SHOWN).map((diagnostic) => describe(diagnostic)));

  async function describe(diagnostic: Diagnostic): Promise<DescribedMistake> {
    const { range: { start, end }, message, code } = diagnostic;
    const rest = (lines[start.line - linesBefore] ?? "").length - start.character;
    return {
      line: start.line - linesBefore + 1,
      column: start.character + 1,
      length: Math.max(1, Math.min(end.line === start.line ? end.character - start.character : rest, rest)),
      message: message.replace(/\.$/, ""),
      code,
      fixes: (await asked.fixes(text, diagnostic)).filter((title) => !UNHELPFUL.test(title)),
    };
  }
}

async function execute({ run, key, code }: { run: string; key: string; code: string }) {
  const { syntaxErrors, imports } = parseCell(code);
  const magic = adviceAgainstMagic(code);
  if (syntaxErrors.length > 0 || magic !== null) {
    return {
      code,
      syntax: magic ?? describeMistakes(code, syntaxErrors.slice(0, 3)),
      types: "",
      edited: "",
      refuse: false,
    };
  }
  const { changed, affected, versions } = lookForEdits();
  if (changed.length > 0) running.server?.changed(changed);
  const anew = imports && Object.keys(versions).length > 0;
  const asked = types === "off" ? [] : typeErrors(key, code);
  const found = await inTime(Promise.resolve(asked), PATIENCE);
  if (found === null) {
    void Promise.resolve(asked).then((late) => {
      if (late.length > 0) answer({ run, late: key, types: describeMistakes(code, late) });
    }, () => {});
  }
  const told = found ?? [];
  return {
    code: anew
      ? `${ANEW}.from(${JSON.stringify(versions)});${interruptibleCell(code, `${ANEW}.end()`)}`
      : interruptibleCell(code),
    syntax: "",
    edited: describeEdits({ changed, affected }, key),
    types: describeMistakes(code, told),
    refuse: types === "error" && told.length > 0,
  };
}

/** How the kernel's side of importing anew is reached from a cell; see `imports_anew.ts`. */
const ANEW = `globalThis[Symbol.for("thorax.anew")]`;

function describeEdits(
  { changed, affected }: Pick<EditedFiles, "changed" | "affected">,
  key: string,
): string {
  if (changed.length === 0) return "";
  const cell = join(folder, "cell.ts");
  const holds = (text: string) => importsIn(text).some((name) => affected.has(targetOf(name, cell) ?? ""));
  const stale = context.matching(holds).filter((other) => other !== key).length;
  const files = changed.map((file) => relative(folder, file)).join(", ");
  const holders = stale === 0
    ? ""
    : stale === 1
    ? " A cell that imported from there still has the old version: run it again."
    : ` ${stale} cells that imported from there still have the old version: run them again.`;
  return `Edited: ${files}. Cells that import it from now on get the new version.${holders}\n`;
}

async function complete({ key, code, cursor }: { key: string; code: string; cursor: number }) {
  const at = unitsBefore(code, cursor);
  const start = at - /[\w$]*$/.exec(code.slice(0, at))![0].length;
  const typed = code.slice(start, at).toLowerCase();
  const { text, charactersBefore } = context.around(key, code);
  const asked = languageServer();
  const found = await inTime(asked.complete(text, positionAt(text, charactersBefore + at)), HELP_PATIENCE);
  const fitting = (found ?? [])
    .filter(({ label }) => label.toLowerCase().startsWith(typed))
    .sort((a, b) => order(a) < order(b) ? -1 : 1)
    .slice(0, MOST_COMPLETIONS);
  const named = await inTime(
    Promise.all(fitting.slice(0, MOST_TYPES).map((completion) => asked.typeOf(completion))),
    HELP_PATIENCE,
  );
  return {
    start: [...code.slice(0, start)].length,
    matches: fitting.map((completion, index) => ({
      text: completion.label.replace(/\?$/, ""),
      type: KINDS[completion.kind ?? 0] ?? "",
      signature: named?.[index] ?? "",
    })),
  };
}

function order({ sortText, label }: Completion): string {
  return `${sortText ?? ""} ${label}`;
}

/** The kinds of completion of the language server protocol, in Jupyter's words. */
const KINDS: Record<number, string> = {
  2: "method",
  3: "function",
  4: "class",
  5: "property",
  6: "variable",
  7: "class",
  8: "interface",
  9: "module",
  10: "property",
  14: "keyword",
  21: "constant",
};

async function inspect({ key, code, cursor }: { key: string; code: string; cursor: number }) {
  const { text, charactersBefore } = context.around(key, code);
  const at = unitsBefore(code, cursor);
  for (const place of [at, at - 1, calleeBefore(code, at)]) {
    if (place < 0) continue;
    const asked = languageServer().hover(text, positionAt(text, charactersBefore + place));
    const markdown = await inTime(asked, HELP_PATIENCE);
    if (markdown !== null) return { markdown };
  }
  return { markdown: null };
}

/** Where the last character of the function's name stands in whose parentheses a position is; -1 for none. */
function calleeBefore(code: string, at: number): number {
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    if (")]}".includes(code[i]!)) depth++;
    else if ("([{".includes(code[i]!) && --depth < 0) {
      if (code[i] === "(") return i - 1;
      depth = 0;
    }
  }
  return -1;
}

/** Jupyter counts characters by code points, the language server by UTF-16 units. */
function unitsBefore(code: string, points: number): number {
  return [...code].slice(0, points).join("").length;
}

function positionAt(text: string, at: number) {
  const before = text.slice(0, at).split("\n");
  return { line: before.length - 1, character: before.at(-1)!.length };
}

async function respond(request: Request): Promise<unknown> {
  switch (request.do) {
    case "execute":
      return await execute(request);
    case "ran":
      if (parseCell(request.code).syntaxErrors.length === 0) context.add(request.key, request.code);
      return {};
    case "complete":
      return await complete(request);
    case "inspect":
      return await inspect(request);
    case "fold":
      return { trace: foldTrace(request.trace) };
  }
}

function answer(value: Record<string, unknown>): void {
  console.log(JSON.stringify(value));
}

if (types !== "off") void inTime(languageServer().diagnose("export {};\n"), 60_000);
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  respond(request).then(
    (value) => answer({ id: request.id, ...value as Record<string, unknown> }),
    (error) => answer({ id: request.id, error: String(error) }),
  );
}
running.server?.stop();
endKernel();

/** Ends the kernel of a relay that is no more; one that computes would never see it by itself. */
function endKernel(): void {
  const [kernel, relayFolder] = Deno.args;
  try {
    Deno.kill(Number(kernel), "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.removeSync(relayFolder!, { recursive: true });
}
