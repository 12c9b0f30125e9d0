import { pathToFileURL } from "node:url";

/** A position in a text as the language server protocol counts: from 0, in UTF-16 units. */
export interface Position {
  line: number;
  character: number;
}

/** What the language server says of a place in a text. */
export interface Diagnostic {
  range: { start: Position; end: Position };
  /** 1 for an error; warnings and hints are higher. */
  severity: number;
  code: number | string;
  message: string;
}

/** A name that may be written at a position. */
export interface Completion {
  label: string;
  kind?: number;
  detail?: string;
  sortText?: string;
  insertText?: string;
  textEdit?: { range?: { start: Position }; newText: string };
}

/** A language server that knows one text. */
export interface LanguageServer {
  /** The errors of a text. */
  diagnose(text: string): Promise<Diagnostic[]>;
  complete(text: string, position: Position): Promise<Completion[]>;
  /** The type of a completion, such as `(property) Entry.image: string`; empty where it is not known. */
  typeOf(completion: Completion): Promise<string>;
  /** Signature and documentation of what stands at a position, as Markdown; null where nothing does. */
  hover(text: string, position: Position): Promise<string | null>;
  /** The names of the quick fixes for a diagnostic. */
  fixes(text: string, diagnostic: Diagnostic): Promise<string[]>;
  /** Says that files have changed. */
  changed(files: readonly string[]): void;
  stop(): void;
}

/**
 * Starts `deno lsp` for one text, which stands (on no disk) in a folder, so that relative imports and the folder's
 * `deno.json` hold.
 */
export function startLanguageServer(folder: string, name: string): LanguageServer {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["lsp"],
    cwd: folder,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    env: { NO_COLOR: "1" },
  }).spawn();
  const writer = child.stdin.getWriter();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const uri = pathToFileURL(`${folder}/${name}`).href;
  let last = 0;
  let version = 0;
  let shown = "";

  const send = (message: Record<string, unknown>) => {
    const body = new TextEncoder().encode(JSON.stringify({ jsonrpc: "2.0", ...message }));
    const head = new TextEncoder().encode(`Content-Length: ${body.length}\r\n\r\n`);
    writer.write(head).catch(() => {});
    writer.write(body).catch(() => {});
  };
  const request = <T>(method: string, params: unknown) =>
    new Promise<T>((resolve, reject) => {
      waiting.set(++last, { resolve: resolve as (value: unknown) => void, reject });
      send({ id: last, method, params });
    });
  const receive = (message: { id?: number; method?: string; params?: unknown; result?: unknown }) => {
    if (message.method !== undefined) {
      if (message.id !== undefined) send({ id: message.id, result: answer(message.method, message.params) });
      return;
    }
    waiting.get(message.id!)?.resolve(message.result ?? null);
    waiting.delete(message.id!);
  };
  const ended = () => {
    for (const { reject } of waiting.values()) reject(new Error("deno lsp has ended"));
    waiting.clear();
  };
  void readMessages(child.stdout, receive).then(ended, ended);

  const root = pathToFileURL(folder).href;
  const ready = request("initialize", {
    processId: null,
    rootUri: root,
    workspaceFolders: [{ uri: root, name: "notebook" }],
    capabilities: {
      textDocument: {
        hover: { contentFormat: ["markdown"] },
        diagnostic: { dynamicRegistration: false },
        completion: { completionItem: { snippetSupport: false } },
        codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
      },
      workspace: { configuration: true },
    },
    initializationOptions: SETTINGS,
  }).then(() => send({ method: "initialized", params: {} }));

  const document = { uri };
  async function show(text: string): Promise<void> {
    await ready;
    if (version > 0 && text === shown) return;
    shown = text;
    if (version++ === 0) {
      const opened = { uri, languageId: "typescript", version, text };
      send({ method: "textDocument/didOpen", params: { textDocument: opened } });
    } else {
      const change = { textDocument: { uri, version }, contentChanges: [{ text }] };
      send({ method: "textDocument/didChange", params: change });
    }
  }

  return {
    async diagnose(text) {
      await show(text);
      const report = await request<{ items?: Diagnostic[] } | null>("textDocument/diagnostic", {
        textDocument: document,
      });
      return (report?.items ?? []).filter(({ severity }) => severity === 1);
    },
    async complete(text, position) {
      await show(text);
      const found = await request<{ items: Completion[] } | Completion[] | null>("textDocument/completion", {
        textDocument: document,
        position,
      });
      return found === null ? [] : Array.isArray(found) ? found : found.items;
    },
    async typeOf(completion) {
      const found = await request<Completion | null>("completionItem/resolve", completion);
      return found?.detail ?? "";
    },
    async hover(text, position) {
      await show(text);
      const found = await request<{ contents: unknown } | null>("textDocument/hover", {
        textDocument: document,
        position,
      });
      return found === null ? null : markdownOf(found.contents);
    },
    async fixes(text, diagnostic) {
      await show(text);
      const found = await request<{ title: string }[] | null>("textDocument/codeAction", {
        textDocument: document,
        range: diagnostic.range,
        context: { diagnostics: [diagnostic], only: ["quickfix"] },
      });
      return (found ?? []).map(({ title }) => title);
    },
    changed(files) {
      const changes = files.map((file) => ({ uri: pathToFileURL(file).href, type: 2 }));
      send({ method: "workspace/didChangeWatchedFiles", params: { changes } });
    },
    stop() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended already.
      }
    },
  };
}

/** What the server is told of itself: style is no cell's mistake, and to look for it took two thirds of the time. */
const SETTINGS = { enable: true, lint: false };

/** What a client says when the server asks. */
function answer(method: string, params: unknown): unknown {
  if (method !== "workspace/configuration") return null;
  const { items } = params as { items: { section?: string }[] };
  return items.map(({ section }) => section === "deno" ? SETTINGS : {});
}

async function readMessages(
  stream: ReadableStream<Uint8Array>,
  // deno-lint-ignore no-explicit-any
  receive: (message: any) => void,
): Promise<void> {
  let bytes = new Uint8Array();
  for await (const chunk of stream) {
    const joined = new Uint8Array(bytes.length + chunk.length);
    joined.set(bytes);
    joined.set(chunk, bytes.length);
    bytes = joined;
    while (true) {
      const head = new TextDecoder().decode(bytes.subarray(0, 200));
      const [whole, length] = /^[\s\S]*?Content-Length: (\d+)[\s\S]*?\r\n\r\n/i.exec(head) ?? [];
      if (whole === undefined || bytes.length < whole.length + Number(length)) break;
      const body = bytes.subarray(whole.length, whole.length + Number(length));
      receive(JSON.parse(new TextDecoder().decode(body)));
      bytes = bytes.slice(whole.length + Number(length));
    }
  }
}

function markdownOf(contents: unknown): string | null {
  if (typeof contents === "string") return contents || null;
  if (Array.isArray(contents)) {
    return contents.map(markdownOf).filter((text) => text !== null).join("\n\n") || null;
  }
  const { language, value } = contents as { language?: string; value?: string };
  if (!value) return null;
  return language === undefined ? value : `\`\`\`${language}\n${value}\n\`\`\``;
}
