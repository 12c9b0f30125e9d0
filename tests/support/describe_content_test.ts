import { equal, match } from "node:assert/strict";
import { gzipSync, zipSync } from "fflate";
import { describeContent } from "../../lib/support/describe_content.ts";

const POINTER = `version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
`;

const CONTENTS: [content: string | Uint8Array, description: string][] = [
  ["", "an empty file"],
  [
    "<!DOCTYPE html>\n<html>Google Drive",
    'a web page (HTML): it begins "<!DOCTYPE html> <html>Google Drive"',
  ],
  ["\n  <HTML><head>", 'a web page (HTML): it begins "<HTML><head>"'],
  ['<?xml version="1.0"?><Error>', 'an XML text: it begins "<?xml version="1.0"?><Error>"'],
  ['{"message": "Not Found"}', 'a JSON text: it begins "{"message": "Not Found"}"'],
  ["Access denied\n", 'a text: it begins "Access denied"'],
  [`${"ä".repeat(600)}`, `a text: it begins "${"ä".repeat(40)}"`],
  [POINTER, "a pointer of Git LFS to a file of 12345 bytes: fetch that with `git lfs pull`"],
  [gzipSync(new Uint8Array(9)), "a gzip file: unpack it first"],
  [zipSync({ a: new Uint8Array(1) }), "a zip archive or a spreadsheet (.xlsx)"],
  [Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0), "an HDF5 file"],
  [Uint8Array.of(0x80, 2, 0x4e, 0x2e), "a pickle"],
  [Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d), "a safetensors file"],
  ["GIF89a", "a GIF image"],
  ["MM\0*", "a TIFF image"],
  ["RIFF\0\0\0\0WEBPVP8 ", "a WebP image"],
  ["\0\0\0\x18ftypheic", "an HEIC or AVIF image"],
  ["<svg xmlns='x'/>", "an XML text: it begins \"<svg xmlns='x'/>\""],
  [Uint8Array.of(8, 7, 18, 200), "something unknown (its first bytes are 08 07 12 c8)"],
];

Deno.test("a file that is not what was expected is described by its first bytes", () => {
  for (const [content, description] of CONTENTS) {
    equal(
      describeContent(typeof content === "string" ? new TextEncoder().encode(content) : content),
      description,
    );
  }
  const tar = new Uint8Array(1024);
  tar.set(new TextEncoder().encode("ustar"), 257);
  match(describeContent(tar), /^a tar archive/);
});
