import { InputError } from "../support/input_error.ts";
import type { PageFiles } from "./page_html.ts";

/** How a page is served. */
export interface ServePageOptions {
  /** 0 for any that is free. */
  port: number;
  signal: AbortSignal;
  /** Is told the address once it is listened to. */
  onListening(address: string): void;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/**
 * Serves a page to this machine alone, until the signal ends it.
 *
 * @throws {InputError} Where the port is taken.
 */
export async function servePage(
  files: PageFiles,
  { port, signal, onListening }: ServePageOptions,
): Promise<void> {
  let server: Deno.HttpServer;
  try {
    server = Deno.serve({
      hostname: "127.0.0.1",
      port,
      signal,
      onListen: ({ port }) => onListening(`http://127.0.0.1:${port}/`),
    }, (request) => answer(files, request));
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new InputError(`port ${port} of 127.0.0.1 is taken: name another with --port`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new InputError(`port ${port} of 127.0.0.1 may not be listened to: name another with --port`);
    }
    throw error;
  }
  await server.finished;
}

function answer(files: PageFiles, request: Request): Response {
  const { pathname } = new URL(request.url);
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  const content = Object.hasOwn(files, name) ? files[name]! : undefined;
  if (content === undefined) return new Response("There is no such file.\n", { status: 404 });
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("Only GET.\n", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  return new Response(request.method === "HEAD" ? null : content, {
    headers: {
      "content-type": TYPES[name.slice(name.lastIndexOf(".") + 1)]!,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
    },
  });
}
