import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import sharp from "sharp";
import type { DatasetFolder } from "../../lib/dataset/dataset_folder.ts";
import { decodeImage } from "../../lib/dataset/decode_image.ts";
import { REMEMBERED_FROM, statOf } from "../../lib/dataset/cache_key.ts";
import { type ImageCache, openImageCache } from "../../lib/dataset/image_cache.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { renamingsOf } from "../_renames.ts";

const PNGS = "tests/fixtures/dataset/png";

/** Makes a folder of copies of the small PNGs, and one for the cache; hands both over and removes them. */
async function withImages(count: number, use: (folder: DatasetFolder, cacheFolder: string) => Promise<void>) {
  const dir = await Deno.makeTempDir();
  try {
    const sources = [...Deno.readDirSync(PNGS)].map(({ name }) => Deno.readFileSync(join(PNGS, name)));
    const images = new Map<string, string>();
    for (let i = 0; i < count; i++) {
      const name = `${i}.png`;
      images.set(name, join(dir, name));
      await Deno.writeFile(join(dir, name), sources[i % sources.length]!);
    }
    const rest = { metadataFile: "", boxesFile: null, trainValList: null, testList: null };
    await use({ dir, images, ...rest }, join(dir, "cache"));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function assertHolds(cache: ImageCache, folder: DatasetFolder) {
  const image = new Uint8Array(cache.size ** 2);
  for (const [index, name] of cache.names.entries()) {
    assert.equal(cache.indexOf(name), index);
    cache.read(index, image);
    assert.deepEqual(image, await decodeImage(folder.images.get(name)!, cache.size), name);
  }
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

Deno.test("openImageCache decodes once, and gives each image by its place in the names", async () => {
  await withImages(30, async (folder, cacheFolder) => {
    const names = [...folder.images.keys()].reverse().slice(3);
    const seen: [number, number][] = [];
    const onProgress = (done: number, total: number) => seen.push([done, total]);
    for (const total of [names.length, 0]) {
      seen.length = 0;
      using cache = await openImageCache(folder, names, { size: 5, cacheFolder, onProgress });
      assert.deepEqual(seen, names.slice(0, total).map((_, i) => [i + 1, total]));
      assert.equal(cache.size, 5);
      assert.deepEqual(cache.names, names);
      assert.equal(cache.indexOf("0.png"), 26);
      assert.equal(cache.indexOf("29.png"), undefined);
      assert.throws(() => cache.read(names.length, new Uint8Array(25)), RangeError);
      assert.throws(() => cache.read(-1, new Uint8Array(25)), RangeError);
      await assertHolds(cache, folder);
    }
    assert.equal(filesIn(cacheFolder).length, 1);
  });
});

Deno.test("openImageCache flushes its folder after the cache was renamed into its place", async () => {
  await withImages(3, async (folder, cacheFolder) => {
    const open = async () =>
      (await openImageCache(folder, [...folder.images.keys()], { size: 5, cacheFolder }))[Symbol.dispose]();
    assert.deepEqual(await renamingsOf(open), { count: 1, unsynced: [] });
  });
});

Deno.test("openImageCache makes another cache for another size, other images or a changed file", async () => {
  await withImages(3, async (folder, cacheFolder) => {
    const names = [...folder.images.keys()];
    const open = async (size: number, names: string[]) => {
      using cache = await openImageCache(folder, names, { size, cacheFolder });
      await assertHolds(cache, folder);
      return filesIn(cacheFolder).length;
    };
    assert.equal(await open(5, names), 1);
    assert.equal(await open(4, names), 2);
    assert.equal(await open(5, names.slice(1)), 3);
    assert.equal(await open(5, names.toReversed()), 4);
    await Deno.copyFile(folder.images.get("1.png")!, folder.images.get("0.png")!);
    assert.equal(await open(5, names), 5);
    await Deno.utime(folder.images.get("2.png")!, 1e9, 1e9);
    assert.equal(await open(5, names), 6);
    assert.equal(await open(5, names), 6);
  });
});

Deno.test("openImageCache makes a cache anew that was cut short or overwritten", async () => {
  await withImages(4, async (folder, cacheFolder) => {
    const names = [...folder.images.keys()];
    const open = async () => {
      let decoded = 0;
      using cache = await openImageCache(folder, names, {
        size: 5,
        cacheFolder,
        onProgress: () => decoded++,
      });
      await assertHolds(cache, folder);
      return decoded;
    };
    await open();
    const file = join(cacheFolder, filesIn(cacheFolder)[0]!);
    const bytes = await Deno.readFile(file);
    assert.equal(bytes.length, 64 + 4 * (25 + 20) + 32);
    for (const length of [bytes.length - 1, 64, 10, 0]) {
      await Deno.truncate(file, length);
      assert.equal(await open(), 4);
      assert.deepEqual(await Deno.readFile(file), bytes);
    }
    await Deno.writeFile(file, new Uint8Array(bytes.length));
    const wayOut = "delete the file, and it is made anew";
    await assert.rejects(open(), new InputError(`${file}: damaged, or no image cache: ${wayOut}`));
    await Deno.remove(file);
    assert.equal(await open(), 4);
    assert.equal(await open(), 0);
  });
});

Deno.test("openImageCache finds a flipped bit anywhere, and names the file", async () => {
  await withImages(4, async (folder, cacheFolder) => {
    const names = [...folder.images.keys()];
    const readAll = async () => {
      using cache = await openImageCache(folder, names, { size: 5, cacheFolder });
      names.forEach((_, i) => cache.read(i, new Uint8Array(25)));
    };
    await readAll();
    const file = join(cacheFolder, filesIn(cacheFolder)[0]!);
    const bytes = await Deno.readFile(file);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await Deno.writeFile(file, flipped);
      const error = await readAll().catch((error) => error);
      assert(error instanceof InputError && error.message.startsWith(`${file}: `), `bit ${bit}: ${error}`);
    }
    await Deno.writeFile(file, bytes);
    await readAll();
  });
});

Deno.test("openImageCache names a pipe in its cache's place, and does not wait for it", async () => {
  await withImages(2, async (folder, cacheFolder) => {
    const open = async () =>
      (await openImageCache(folder, [...folder.images.keys()], { size: 5, cacheFolder }))[Symbol.dispose]();
    await open();
    const file = join(cacheFolder, filesIn(cacheFolder)[0]!);
    await Deno.remove(file);
    await new Deno.Command("mkfifo", { args: [file] }).output();
    await assert.rejects(open(), new InputError(`${file}: is a pipe, not a file`));
  });
});

Deno.test("openImageCache notices an image that was replaced with the same size and time", async () => {
  await withImages(1, async (folder, cacheFolder) => {
    const file = folder.images.get("0.png")!;
    const place = async (value: number) => {
      const raw = { width: 8, height: 8, channels: 1 } as const;
      const png = await sharp(new Uint8Array(64).fill(value), { raw }).toColourspace("b-w").png().toBuffer();
      await Deno.writeFile(`${file}.new`, png);
      await Deno.rename(`${file}.new`, file);
      await Deno.utime(file, 1e9, 1e9);
      using cache = await openImageCache(folder, ["0.png"], { size: 8, cacheFolder });
      const pixels = new Uint8Array(64);
      cache.read(0, pixels);
      return { size: Deno.statSync(file).size, value: pixels[0] };
    };
    const [first, second] = [await place(100), await place(101)];
    assert.equal(first.size, second.size);
    assert.deepEqual([first.value, second.value], [100, 101]);
  });
});

Deno.test("openImageCache notices an image that was written over in place and has its old size and time", async () => {
  await withImages(2, async (folder, cacheFolder) => {
    const [first, second] = ["0.png", "1.png"].map((name) => folder.images.get(name)!);
    const names = ["0.png"];
    const open = async () => {
      using cache = await openImageCache(folder, names, { size: 8, cacheFolder });
      await assertHolds(cache, folder);
    };
    const bytes = await Deno.readFile(first!);
    await open();
    const { ino, atime, mtime } = Deno.statSync(first!);
    // What follows the end of a PNG is not looked at.
    const png = await Deno.readFile(second!);
    assert(png.length <= bytes.length);
    await Deno.writeFile(first!, new Uint8Array([...png, ...bytes.subarray(png.length)]));
    await Deno.utime(first!, atime!, mtime!);
    const now = Deno.statSync(first!);
    assert.deepEqual([now.ino, now.size, now.mtime], [ino, bytes.length, mtime]);
    await open();
  });
});

Deno.test("openImageCache compares the content of images where the file system says that they are the same", async () => {
  await withImages(3, async (folder, cacheFolder) => {
    const names = [...folder.images.keys()];
    const open = async (checkAll?: boolean) => {
      let decoded = 0;
      const onProgress = () => decoded++;
      using cache = await openImageCache(folder, names, { size: 4, cacheFolder, checkAll, onProgress });
      await assertHolds(cache, folder);
      return decoded;
    };
    const pathOf = (index: number) => join(cacheFolder, filesIn(cacheFolder)[index]!);
    for (const checkAll of [false, true]) {
      assert.equal(await open(), 3);
      const before = await Deno.readFile(pathOf(0));
      await Deno.remove(pathOf(0));
      await Deno.copyFile(folder.images.get("0.png")!, folder.images.get("1.png")!);
      assert.equal(await open(), 3);
      assert.equal(await open(checkAll), 0);
      // The cache as it were if the file system told of no change: what was decoded before, by the name and line of now.
      const now = await Deno.readFile(pathOf(0));
      const [line, blocks] = [now.subarray(0, 64), before.subarray(64, -32)];
      const records = blocks.subarray(3 * 16);
      const trailer = createHash("sha256").update(line).update(records).digest();
      await Deno.writeFile(pathOf(0), new Uint8Array([...line, ...blocks, ...trailer]));
      assert.equal(await open(checkAll), 3, "the image is decoded anew");
      assert.deepEqual(await Deno.readFile(pathOf(0)), now);
      await Deno.copyFile(folder.images.get("2.png")!, folder.images.get("1.png")!);
      await Deno.remove(pathOf(0));
    }
  });
});

Deno.test("openImageCache looks at no file of many while their folder is as it was, but where it is asked to", async () => {
  const dir = await Deno.makeTempDir();
  const table = join(dir, "table");
  await Deno.mkdir(table);
  const path = join(table, "images.npz");
  await Deno.writeTextFile(path, "pixels");
  const names = Array.from({ length: REMEMBERED_FROM }, (_, i) => `${i}.png`);
  const folder = {
    dir: table,
    images: new Map(names.map((name) => [name, path])),
    read: () => ({ width: 2, height: 2, values: Uint8Array.of(1, 2, 3, 4), white: 255 }),
  };
  let looked: string[] = [];
  // How long ago the folder is said to have been changed, in milliseconds.
  let age = 3_600_000n;
  const stat = (path: string) => {
    looked.push(path);
    const found = statOf(path);
    const since = BigInt(Date.now()) - age;
    const older = { mtimeMs: since, ctimeMs: since };
    return {
      ...found,
      ...older,
      mtimeNs: found.mtimeNs,
      ctimeNs: found.ctimeNs,
      ino: found.ino,
    } as typeof found;
  };
  const open = async (options = {}) => {
    looked = [];
    using cache = await openImageCache(folder, names, {
      size: 2,
      cacheFolder: join(dir, "cache"),
      stat,
      ...options,
    });
    const pixels = new Uint8Array(4);
    cache.read(names.length - 1, pixels);
    return { files: looked.filter((each) => each === path).length, folders: looked.length, pixels };
  };
  const all = { files: names.length, folders: names.length + 1, pixels: Uint8Array.of(1, 2, 3, 4) };
  try {
    assert.deepEqual(await open(), all);
    assert.deepEqual(await open(), { ...all, files: 0, folders: 1 });
    assert.deepEqual(await open({ checkAll: true }), all);
    await Deno.writeTextFile(join(table, "another"), "changes the folder's time");
    age = 0n;
    assert.deepEqual(await open(), all);
    assert.deepEqual(await open(), all, "the folder was changed a moment ago");
    // In place, so that the folder does not show it: the sample of contents does.
    age = 3_600_000n;
    assert.deepEqual(await open(), all);
    await Deno.writeTextFile(path, "others");
    assert.deepEqual((await open()).files, names.length);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("openImageCache leaves a file alone that only has the name of its part", async () => {
  await withImages(3, async (folder, cacheFolder) => {
    const names = [...folder.images.keys()];
    (await openImageCache(folder, names, { size: 4, cacheFolder }))[Symbol.dispose]();
    const file = join(cacheFolder, filesIn(cacheFolder)[0]!);
    await Deno.remove(file);
    await Deno.writeTextFile(`${file}.partial`, "my thesis");
    await assert.rejects(
      openImageCache(folder, names, { size: 4, cacheFolder }),
      new InputError(`${file}.partial: in the way, and no part of an image cache: move it away`),
    );
    assert.equal(await Deno.readTextFile(`${file}.partial`), "my thesis");
  });
});

Deno.test("openImageCache goes on from where it was stopped or killed", async () => {
  await withImages(400, async (folder, cacheFolder) => {
    const names = [...folder.images.keys()];
    const stop = new AbortController();
    const first = openImageCache(folder, names, {
      size: 4,
      cacheFolder,
      signal: stop.signal,
      onProgress: (done) => done === 300 && stop.abort(new Error("Stopped")),
    });
    await assert.rejects(first, new Error("Stopped"));
    const [draft, ...others] = filesIn(cacheFolder);
    assert.match(draft!, /\.partial$/);
    assert.deepEqual(others, []);

    for (
      const [length, whole] of [[64 + 256 * (16 + 20), 256], [64 + 256 * (16 + 20) - 1, 0], [64, 0], [
        20,
        0,
      ]] as const
    ) {
      await Deno.truncate(join(cacheFolder, draft!), length);
      const seen: number[] = [];
      const onProgress = (done: number) => seen.push(done);
      using cache = await openImageCache(folder, names, { size: 4, cacheFolder, onProgress });
      assert.deepEqual(seen, Array.from({ length: 400 - whole }, (_, i) => whole + i + 1));
      await assertHolds(cache, folder);
      const file = draft!.replace(".partial", "");
      assert.deepEqual(filesIn(cacheFolder), [file]);
      await Deno.rename(join(cacheFolder, file), join(cacheFolder, draft!));
    }
  });
});

Deno.test("openImageCache leaves nothing after an image that cannot be decoded, or is missing", async () => {
  await withImages(500, async (folder, cacheFolder) => {
    const names = [...folder.images.keys()];
    const bad = folder.images.get("260.png")!;
    await Deno.truncate(bad, 50);
    let decoded = 0;
    const onProgress = () => decoded++;
    await assert.rejects(
      openImageCache(folder, names, { size: 4, cacheFolder, onProgress }),
      (error: Error) => {
        assert(error instanceof InputError);
        assert(error.message.startsWith(`${bad}: damaged or cut short`), error.message);
        return true;
      },
    );
    assert(decoded < 499, `${decoded} decoded`);
    assert.deepEqual(filesIn(cacheFolder), []);

    await Deno.remove(bad);
    const missing = openImageCache(folder, names, { size: 4, cacheFolder });
    await assert.rejects(missing, new InputError(`${bad}: no such file`));
    const unknown = openImageCache(folder, ["x.png"], { size: 4, cacheFolder });
    await assert.rejects(unknown, new InputError(`${folder.dir}: image x.png is missing`));
  });
});

const FULL_DISK = "openImageCache says in one line that the disk is full, and leaves nothing";

Deno.test({
  name: FULL_DISK,
  ignore: Deno.build.os !== "linux" && (console.log("skipped: only Linux has a /dev/full to write to"), true),
  fn: () => canUseDevices() ? fullDisk() : runWithAllPermissions(FULL_DISK),
});

/** Deno opens devices only for programs that have every permission. */
function canUseDevices(): boolean {
  try {
    return Deno.statSync("/dev/full").isCharDevice === true;
  } catch {
    return false;
  }
}

async function runWithAllPermissions(test: string): Promise<void> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--no-check", "--filter", test, import.meta.filename!],
  }).output();
  const output = new TextDecoder().decode(stdout);
  assert.equal(code, 0, output);
  assert.match(output, /1 passed/);
}

async function fullDisk() {
  await withImages(3, async (folder, cacheFolder) => {
    const names = [...folder.images.keys()];
    (await openImageCache(folder, names, { size: 4, cacheFolder }))[Symbol.dispose]();
    const file = join(cacheFolder, filesIn(cacheFolder)[0]!);
    await Deno.remove(file);
    await Deno.symlink("/dev/full", `${file}.partial`);
    await assert.rejects(
      openImageCache(folder, names, { size: 4, cacheFolder }),
      new InputError(`${file}: the disk is full; the image cache needs 1 MB`),
    );
    assert.deepEqual(filesIn(cacheFolder), []);
  });
}

Deno.test("openImageCache lets one of two at a time decode, and the other wait", async () => {
  await withImages(50, async (folder, cacheFolder) => {
    const names = [...folder.images.keys()];
    let decoded = 0;
    const options = { size: 4, cacheFolder, onProgress: () => decoded++ };
    const caches = await Promise.all([1, 2, 3].map(() => openImageCache(folder, names, options)));
    for (const cache of caches) {
      await assertHolds(cache, folder);
      cache[Symbol.dispose]();
    }
    assert.equal(decoded, 50);
    assert.equal(filesIn(cacheFolder).length, 1);
  });
});
