import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { findImages } from "../../lib/dataset/find_images.ts";
import { temporaryFolder } from "../_folders.ts";

const PNG = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

async function write(folder: string, files: Record<string, Uint8Array | string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  }
}

Deno.test("findImages finds those of folders by name or content, of patterns, and what is named itself, each once", async () => {
  await using folder = await temporaryFolder();
  await write(folder.path, {
    "scans/a.png": PNG,
    "scans/b/c.JPG": "whatever",
    "scans/b/IM0001": "whatever",
    "scans/b/1.2.840.7": "whatever",
    "scans/b/picture.tmp": PNG,
    "scans/b/table.csv": "image",
    "scans/README": "text",
    "scans/.hidden.png": PNG,
    "text.txt": "text",
    "other/d.png": PNG,
  });
  await Deno.symlink("..", join(folder.path, "scans/b/up"));
  const namesOf = async (...given: string[]) => {
    const { files, others } = await findImages(given, folder.path);
    for (const { path, name } of files) assert.equal(join(folder.path, name), path);
    return [others, ...files.map(({ name }) => name)];
  };
  const scans = [
    "scans/a.png",
    "scans/b/1.2.840.7",
    "scans/b/IM0001",
    "scans/b/c.JPG",
    "scans/b/picture.tmp",
  ];
  assert.deepEqual(await namesOf("scans"), [2, ...scans]);
  assert.deepEqual(await namesOf("text.txt", "scans/a.png", "scans"), [2, "text.txt", ...scans]);
  assert.deepEqual(await namesOf("*/*.png"), [0, "other/d.png", "scans/a.png"]);
  assert.deepEqual(await namesOf("scans/**/*.JPG"), [0, "scans/b/c.JPG"]);
  assert.deepEqual(await namesOf(join(folder.path, "other")), [0, "other/d.png"]);
  await Deno.symlink("nowhere", join(folder.path, "other/gone.png"));
  await Deno.symlink("nowhere", join(folder.path, "other/gone.csv"));
  assert.deepEqual(await namesOf("other"), [1, "other/d.png", "other/gone.png"], "it fails when it is read");
  const { files } = await findImages(["../other/d.png"], join(folder.path, "scans"));
  assert.deepEqual(files, [{ path: join(folder.path, "other/d.png"), name: "../other/d.png" }]);
});

Deno.test("findImages says what names nothing", async () => {
  await using folder = await temporaryFolder();
  await write(folder.path, { "empty/table.csv": "image" });
  for (
    const [given, message] of [
      ["", '"": an empty path names no file'],
      ["none.png", "none.png: no such file or folder"],
      ["*.png", "*.png: no file matches"],
      ["empty", "empty: no image (PNG, JPEG or DICOM) in this folder"],
      ["empty/table.csv/x", "empty/table.csv/x: no such file or folder"],
    ] as const
  ) {
    await assert.rejects(findImages([given], folder.path), { name: "InputError", message });
  }
});
