import assert from "node:assert/strict";
import { readText } from "../../lib/support/read_text.ts";
import { InputError } from "../../lib/support/input_error.ts";
import { temporaryFolder } from "../_folders.ts";
import { gzip, withFile } from "../dataset/_files.ts";

function refuses(name: string, content: Uint8Array, message: string): Promise<void> {
  return withFile(name, content, async (file) => {
    await assert.rejects(readText(file), new InputError(file + message));
  });
}

async function reads(name: string, content: string | Uint8Array, text: string): Promise<void> {
  await withFile(name, content, async (file) => assert.equal(await readText(file), text));
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("readText() reads plain and compressed text, and drops a byte order mark", async () => {
  await reads("a.csv", "\ufeffÄge\n", "Äge\n");
  await reads("a.csv.gz", await gzip("Äge\n"), "Äge\n");
  await reads("a.csv", await gzip("Äge\n"), "Äge\n");
});

Deno.test("readText() reads every member of a gzip file", async () => {
  await reads("a.csv.gz", joined(await gzip("1\n"), await gzip("2\n"), await gzip("3\n")), "1\n2\n3\n");
});

Deno.test("readText() refuses what is no text", async () => {
  await refuses("a.csv", Uint8Array.of(65, 0xe4, 66), " is not UTF-8 text");
  await refuses("a.csv", Uint8Array.of(0xff, 0xfe, 65, 0), " is not UTF-8 text, but UTF-16");
  await refuses("a.csv", Uint8Array.of(65, 0, 66, 0), " is not text: it holds NUL characters");
  await refuses(
    "a.csv",
    Uint8Array.of(0x50, 0x4b, 3, 4, 0),
    " is not text, but a zip archive or a spreadsheet (.xlsx)",
  );
  await refuses(
    "a.csv",
    Uint8Array.of(0x50, 0x4b, 3, 4, 0xff),
    " is not UTF-8 text, but a zip archive or a spreadsheet (.xlsx)",
  );
  await refuses("a.csv.gz", Uint8Array.of(65, 66), " is not a gzip file, or is cut short or damaged");
});

Deno.test("readText() takes a gzip file with a flipped bit only where its text is the same", async () => {
  const [first, second] = [await gzip("0123456789".repeat(40)), await gzip("abc")];
  const whole = joined(first, second);
  for (let length = 1; length < whole.length; length++) {
    if (length === first.length) continue;
    await refuses("a.gz", whole.subarray(0, length), " is not a gzip file, or is cut short or damaged");
  }
  let refused = 0;
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const flipped = whole.with(bit >> 3, whole[bit >> 3]! ^ 1 << bit % 8);
    await withFile("a.gz", flipped, async (file) => {
      try {
        assert.equal(await readText(file), `${"0123456789".repeat(40)}abc`);
      } catch (error) {
        assert(error instanceof InputError, String(error));
        refused++;
      }
    });
  }
  // The times, flags and systems in the two headers (7 bytes each) change nothing, nor do bits of padding.
  assert(refused > 8 * (whole.length - 2 * 7) - 20, String(refused));
});

Deno.test("readText() gives a decompression bomb up before it has unpacked it", async () => {
  const megabyte = new Uint8Array(1e6);
  const bomb = new Response(
    ReadableStream.from(Array.from({ length: 600 }, () => megabyte)).pipeThrough(
      new CompressionStream("gzip"),
    ),
  );
  const content = await bomb.bytes();
  assert(content.length < 1e6);
  await withFile("bomb.csv.gz", content, async (file) => {
    const before = Deno.memoryUsage().external;
    await assert.rejects(readText(file), (error) => {
      assert(error instanceof InputError);
      assert.match(error.message, /bomb\.csv\.gz unpacks from 0\.6 MB to more than 82 MB: no table does$/);
      return true;
    });
    assert(Deno.memoryUsage().external - before < 100e6);
  });
});

Deno.test("readText() names what is missing, a folder, a pipe, a device or a circle of links", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await Deno.symlink("loop", `${path}/loop`);
  await new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).output();
  const cases = [
    [`${path}/none.csv`, ": no such file"],
    [path, ": is a folder, not a file"],
    [`${path}/pipe`, ": is a pipe, not a file"],
    ["/dev/zero", ": is a device, not a file"],
    [`${path}/loop`, ": its symbolic links lead in a circle"],
    [`${path}/${"x".repeat(300)}`, ": the name is too long"],
  ];
  for (const [file, message] of cases) await assert.rejects(readText(file!), new InputError(file! + message));
  await assert.rejects(readText(""), new InputError('"": an empty path names no file'));
});

Deno.test("readText() leaves ten million blank lines at the end out, and refuses them elsewhere, in little memory", async () => {
  const blank = new Uint8Array(1e7).fill(10);
  const text = (...parts: (string | Uint8Array)[]) => new Blob(parts as BlobPart[]).bytes();
  await withFile("a.csv", await text("a,b\n1,2", blank), async (file) => {
    assert.equal(await readText(file), "a,b\n1,2\n");
  });
  await withFile("b.csv", await text("a,b\n", blank, "1,2\n"), async (file) => {
    const refusal = `${file} has 10,000,001 blanks in a row after its byte 3: no table does`;
    await assert.rejects(readText(file), new InputError(refusal));
  });
  const most = "\n".repeat(99_999);
  await withFile("c.csv", await text("a", most, "b"), async (file) => {
    assert.equal(await readText(file), `a${most}b`);
  });
});
