import { serveHttp, type ServeHttpOptions } from "../support/serve_http.ts";
import type { PageFiles } from "./page_html.ts";

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
  options: Omit<ServeHttpOptions, "host">,
): Promise<void> {
  await serveHttp((request) => answer(files, request), options);
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
