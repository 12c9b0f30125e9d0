import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A page's files, by their names in its address. */
export type ServedFiles = ReadonlyMap<string, string>;

/** A page that is served. Disposing of it ends that. */
export interface ServedPage extends AsyncDisposable {
  address: string;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  css: "text/css",
  js: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

/** The files of a folder. */
export function filesOf(folder: string): ServedFiles {
  return new Map([...Deno.readDirSync(folder)].map(({ name }) => [name, join(folder, name)]));
}

/** A page of nothing but stock TensorFlow.js on WebAssembly, that runs a folder of `export --format tfjs`. */
export function stockPage(model: string): ServedFiles {
  const { resolve } = createRequire(import.meta.url);
  const wasm = dirname(resolve("@tensorflow/tfjs-backend-wasm"));
  const sides = join(import.meta.dirname!, "sides");
  return new Map([
    ...filesOf(model),
    ["index.html", join(sides, "stock_page.html")],
    ["stock_page.js", join(sides, "stock_page.js")],
    ["tf.min.js", join(dirname(resolve("@tensorflow/tfjs")), "tf.min.js")],
    ...["tf-backend-wasm.min.js", "tfjs-backend-wasm-simd.wasm"].map((name) =>
      [name, join(wasm, name)] as const
    ),
  ]);
}

/** Serves a page's files to this machine, from the disk. */
export function servePageFiles(files: ServedFiles): ServedPage {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const name = new URL(request.url).pathname.slice(1) || "index.html";
    const file = files.get(name);
    if (file === undefined) return new Response(null, { status: 404 });
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    return new Response(await Deno.readFile(file), { headers: { "content-type": type } });
  });
  return {
    address: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
