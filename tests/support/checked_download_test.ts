import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../lib/support/input_error.ts";
import {
  checkedDownload,
  type CheckedDownloadOptions,
  fileNameOf,
} from "../../lib/support/checked_download.ts";
import { renamingsOf } from "../_renames.ts";

const CONTENT = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) >> 3);
// sha256sum of these bytes, by Python's hashlib: bytes(((i * i) >> 3) & 255 for i in range(200_000))
const SHA256 = "344f3568ad4278541f01319d4af330241a1d292e170336f3bb2be1cfb5af24c0";

/** How a server of these tests misbehaves. */
interface Faults {
  /** Bytes after which each of the first connections is cut. */
  cuts?: readonly number[];
  /** Whether it ignores ranges. */
  noRanges?: boolean;
  /** Whether it falls silent where it would cut. */
  silent?: boolean;
  /** What it serves in place of the right content. */
  content?: Uint8Array;
  /** Whether it leaves out the length. */
  noLength?: boolean;
}

/**
 * Serves the content, cutting connections as told, once `onProgress` has said that the bytes before the cut came;
 * `ranges` are what was asked for.
 */
function serve(
  { cuts = [], noRanges = false, silent = false, content = CONTENT, noLength = false }: Faults = {},
) {
  const ranges: (string | null)[] = [];
  let came = 0;
  let wake = () => {};
  const onProgress = (bytes: number) => {
    came = bytes;
    wake();
  };
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {}, onError: () => new Response() },
    (request) => {
      const range = request.headers.get("range");
      const cut = cuts[ranges.length];
      ranges.push(range);
      if (new URL(request.url).pathname !== "/weights") return new Response("no", { status: 404 });
      const start = noRanges ? 0 : Number(range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
      const rest = content.subarray(start);
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(rest.slice(0, cut));
          if (cut === undefined) return controller.close();
          while (came < start + cut) await new Promise<void>((resolve) => wake = resolve);
          if (!silent) controller.error("cut by the test");
        },
      });
      const headers = new Headers();
      if (!noLength) headers.set("content-length", `${rest.length}`);
      if (start > 0) headers.set("content-range", `bytes ${start}-${content.length - 1}/${content.length}`);
      return new Response(body, { status: start > 0 ? 206 : 200, headers });
    },
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  return {
    ranges,
    onProgress,
    origin,
    url: `${origin}/weights`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Downloads into a fresh folder; returns what is there afterwards and the error, if there was one. */
async function download(dir: string, url: string, options: CheckedDownloadOptions = {}) {
  let error: Error | undefined;
  await checkedDownload(join(dir, "a/weights.h5"), { url, size: CONTENT.length, sha256: SHA256 }, options)
    .catch((thrown) => {
      error = thrown;
    });
  if (error !== undefined) {
    ok(error instanceof InputError, String(error));
    ok(error.message.startsWith(`${url}: `) && !error.message.includes("\n"), error.message);
  }
  return {
    files: [...Deno.readDirSync(join(dir, "a"))].map(({ name }) => name),
    message: error?.message ?? "",
  };
}

async function inFolder(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function hasContent(dir: string): Promise<void> {
  deepEqual(await Deno.readFile(join(dir, "a/weights.h5")), CONTENT);
}

Deno.test("a file is downloaded once", () =>
  inFolder(async (dir) => {
    await using server = serve();
    const progress: number[] = [];
    const renamings = await renamingsOf(async () => {
      const { files, message } = await download(dir, server.url, {
        onProgress: (bytes) => progress.push(bytes),
      });
      deepEqual({ files, message }, { files: ["weights.h5"], message: "" });
    });
    deepEqual(renamings, { count: 1, unsynced: [] });
    await hasContent(dir);
    equal(progress.at(-1), CONTENT.length);
    await download(dir, server.url);
    deepEqual(server.ranges, [null]);
  }));

Deno.test("cut connections are taken up where they ended", () =>
  inFolder(async (dir) => {
    await using server = serve({ cuts: [70_000, 1000] });
    deepEqual(await download(dir, server.url, server), { files: ["weights.h5"], message: "" });
    await hasContent(dir);
    deepEqual(server.ranges, [null, "bytes=70000-", "bytes=71000-"]);
  }));

Deno.test("a server without ranges sends all of it again", () =>
  inFolder(async (dir) => {
    await using server = serve({ cuts: [70_000], noRanges: true, noLength: true });
    deepEqual(await download(dir, server.url, server), { files: ["weights.h5"], message: "" });
    await hasContent(dir);
    equal(server.ranges.length, 2);
  }));

Deno.test("a download that breaks off too often says so, and the next call goes on", () =>
  inFolder(async (dir) => {
    await using server = serve({ cuts: [5000, 0, 0] });
    const { files, message } = await download(dir, server.url, { ...server, retries: 2 });
    match(files.join(), /^\.thorax-[0-9a-f]{32}$/);
    match(message, /: .+; 5000 of 200000 bytes came, run again to go on$/);
    deepEqual(await download(dir, server.url, server), { files: ["weights.h5"], message: "" });
    await hasContent(dir);
    deepEqual(server.ranges, [null, "bytes=5000-", "bytes=5000-", "bytes=5000-"]);
  }));

Deno.test("a silent connection is given up", () =>
  inFolder(async (dir) => {
    await using server = serve({ cuts: [5000], silent: true });
    const { message } = await download(dir, server.url, { ...server, retries: 0, stallSeconds: 1 });
    match(message, /no byte came for 1 s; \d+ of 200000 bytes came/);
  }));

Deno.test("another content is refused and nothing is kept", () =>
  inFolder(async (dir) => {
    const content = CONTENT.slice();
    content[100_000]! ^= 1;
    await using server = serve({ content });
    const { files, message } = await download(dir, server.url);
    deepEqual(files, []);
    match(message, new RegExp(`has the SHA-256 [0-9a-f]{64}, not ${SHA256}; nothing was kept$`));
  }));

Deno.test("another size is refused before a byte is kept", () =>
  inFolder(async (dir) => {
    await using server = serve({ content: CONTENT.slice(1) });
    deepEqual(await download(dir, server.url), {
      files: [],
      message: `${server.url}: has 199999 bytes, not 200000`,
    });
  }));

Deno.test("more bytes than the size are refused and nothing is kept", () =>
  inFolder(async (dir) => {
    await using server = serve({ content: new Uint8Array(300_000), noLength: true });
    deepEqual(await download(dir, server.url), {
      files: [],
      message: `${server.url}: has more than 200000 bytes; nothing was kept`,
    });
  }));

Deno.test("an error of the server is told", () =>
  inFolder(async (dir) => {
    await using server = serve();
    const url = `${server.origin}/other`;
    deepEqual(await download(dir, url), { files: [], message: `${url}: the server says 404 Not Found` });
    equal(server.ranges.length, 1);
  }));

Deno.test("a server that is not there is told", () =>
  inFolder(async (dir) => {
    const server = serve();
    await server[Symbol.asyncDispose]();
    const { files, message } = await download(dir, server.url);
    deepEqual(files, []);
    match(message, /; 0 of 200000 bytes came, run again to go on$/);
    await rejects(checkedDownload(join(dir, "x"), { url: "nonsense", size: 1, sha256: SHA256 }), InputError);
  }));

Deno.test("two downloads of one file at once give it once", () =>
  inFolder(async (dir) => {
    await using server = serve();
    const both = await Promise.all([download(dir, server.url), download(dir, server.url)]);
    deepEqual(both.map(({ message }) => message), ["", ""]);
    await hasContent(dir);
    deepEqual([...Deno.readDirSync(join(dir, "a"))].map(({ name }) => name), ["weights.h5"]);
    deepEqual(server.ranges, [null]);
  }));

Deno.test("a file of the user's with a draft's usual name is left alone", () =>
  inFolder(async (dir) => {
    await using server = serve();
    await Deno.mkdir(join(dir, "a"));
    await Deno.writeTextFile(join(dir, "a/weights.h5.partial"), "mine");
    await download(dir, server.url);
    await hasContent(dir);
    equal(await Deno.readTextFile(join(dir, "a/weights.h5.partial")), "mine");
  }));

Deno.test("a link that leads nowhere is not written through", () =>
  inFolder(async (dir) => {
    await using server = serve();
    await Deno.mkdir(join(dir, "a"));
    await Deno.symlink(join(dir, "elsewhere"), join(dir, "a/weights.h5"));
    await rejects(
      checkedDownload(join(dir, "a/weights.h5"), { url: server.url, size: CONTENT.length, sha256: SHA256 }),
      InputError,
    );
    deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["a"]);
  }));

Deno.test("a URL's file is kept under a plain name", () => {
  const names: [url: string, name: string][] = [
    ["https://a.org/b/weights.h5", "weights.h5"],
    ["https://a.org/b/weights.h5?download=1&x=../y#z", "weights.h5"],
    ["https://a.org/b/two%20words%2B.pth", "two words+.pth"],
    ["https://a.org/%E5%BE%AE.pt", "微.pt"],
    ["https://a.org/b/...", "..."],
    ["https://a.org/-rf", "-rf"],
  ];
  for (const [url, name] of names) equal(fileNameOf(new URL(url)), name);
  const refused = [
    "",
    "b/",
    "..%2f..%2fESCAPED.txt",
    "..%5c..%5cESCAPED.txt",
    "%2fetc%2fpasswd",
    "b/%2e%2e%2f",
    "a%00.h5",
    "a%0a.h5",
    "a%1b[2J.h5",
    "%e2%80%ae5h.a",
    "%ff",
    "%",
    "a".repeat(201),
    `${"%E5%BE%AE".repeat(67)}`,
  ];
  for (const path of refused) {
    throws(
      () => fileNameOf(new URL(`https://a.org/${path}`)),
      (error) =>
        error instanceof InputError && /is no name for a file: name one with --out$/.test(error.message),
      path,
    );
  }
});
