import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../lib/dataset/decode_image.ts";
import { checkedDownload } from "../../lib/support/checked_download.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { openRegular, readRegular, statRegular } from "../../lib/support/regular_file.ts";
import { readKerasWeights } from "../../lib/weight_files/keras_weights.ts";
import { readSafetensors } from "../../lib/weight_files/safetensors.ts";
import { readTorchCheckpoint } from "../../lib/weight_files/torch_checkpoint.ts";
import { temporaryFolder } from "../_folders.ts";

/** Everything that opens a binary file of the user's. */
const READERS: Readonly<Record<string, (path: string) => unknown>> = {
  statRegular,
  openRegular,
  readRegular,
  decodeImage: (path) => decodeImage(path, 8),
  readKerasWeights,
  readSafetensors,
  readTorchCheckpoint,
  checkedDownload: (path) => checkedDownload(path, { url: "http://localhost/x", size: 1, sha256: "" }),
};

Deno.test("a pipe, a socket, a folder, a device and a circle of links are refused before they are opened", async () => {
  await using folder = await temporaryFolder();
  const [pipe, socket] = [join(folder.path, "pipe"), join(folder.path, "socket")];
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  const bind = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";
  await new Deno.Command("python3", { args: ["-c", bind, socket] }).output();
  const [zero, circle] = [join(folder.path, "zero"), join(folder.path, "circle")];
  await Deno.symlink("/dev/zero", zero);
  await Deno.symlink(circle, circle);
  const refused: [string, string][] = [
    [pipe, "is a pipe, not a file"],
    [socket, "is a socket, not a file"],
    [folder.path, "is a folder, not a file"],
    [zero, "is a device, not a file"],
    [circle, "its symbolic links lead in a circle"],
  ];
  for (const [name, reader] of Object.entries(READERS)) {
    for (const [path, reason] of refused) {
      await assert.rejects(async () => await reader(path), new InputError(`${path}: ${reason}`), name);
    }
  }
});

Deno.test("a file that is missing, and paths that name none, are refused", async () => {
  await assert.rejects(readRegular("none.bin"), new InputError("none.bin: no such file"));
  await assert.rejects(readRegular(""), new InputError('"": an empty path names no file'));
  await assert.rejects(readRegular("a\0b"), new InputError("a\\0b: no path has a NUL in it"));
});

Deno.test("a file that is larger than a buffer is refused and not read", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "hollow");
  await Deno.writeTextFile(file, "");
  await Deno.truncate(file, 2 ** 32 + 1);
  await assert.rejects(
    readRegular(file),
    new InputError(`${file}: its 4294967297 bytes are more than the 4294967296 that are read`),
  );
});

Deno.test("a regular file is read whole, through links too", async () => {
  await using folder = await temporaryFolder();
  const [file, link] = [join(folder.path, "a"), join(folder.path, "b")];
  await Deno.writeTextFile(file, "abc");
  await Deno.symlink(file, link);
  assert.deepEqual(await readRegular(link), new TextEncoder().encode("abc"));
  await Deno.truncate(file, 0);
  assert.deepEqual(await readRegular(link), new Uint8Array());
});
