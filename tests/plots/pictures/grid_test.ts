import assert from "node:assert/strict";
import sharp from "sharp";
import { pictureGrid } from "../../../lib/plots/pictures/grid.ts";
import { xray } from "../../../lib/plots/pictures/overlay.ts";

const png = await xray(new Uint8Array(64 * 64).fill(200), { size: 64 });

Deno.test("pictures stand in rows, each with its caption under it", async () => {
  const pictures = ["one", "two", "three"].map((caption) => ({ png, caption }));
  const grid = sharp(await pictureGrid(pictures, { columns: 2, width: 100 }));
  const { width, height } = await grid.metadata();
  assert.equal(width, 2 * 100 + 3 * 10);
  assert(height! > 2 * 100 + 3 * 10 + 20);
  const { data, info } = await grid.greyscale().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => data[y * info.width * info.channels + x * info.channels]!;
  assert(Math.abs(at(60, 60) - 200) < 8);
  assert(at(170, info.height - 60) < 40, "the fourth place is empty");
});

Deno.test("captions are drawn on a machine without any font, and what looks like markup is written", async () => {
  const home = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${home}/fonts.conf`,
      `<fontconfig><cachedir>${home}/cache</cachedir></fontconfig>`,
    );
    const draw = `
      import { pictureGrid } from "./lib/plots/pictures/grid.ts";
      import { xray } from "./lib/plots/pictures/overlay.ts";
      const png = await xray(new Uint8Array(64).fill(0), { size: 64 });
      for (const caption of ["iiii", "WWWW", "<b>i</b>"]) {
        const grid = await pictureGrid([{ png, caption }], { width: 120 });
        console.log(new Uint8Array(await crypto.subtle.digest("SHA-1", grid)).toHex());
      }`;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", draw],
      env: { FONTCONFIG_FILE: `${home}/fonts.conf` },
    }).output();
    const drawn = new TextDecoder().decode(stdout).trim().split("\n");
    assert.equal(new Set(drawn).size, 3, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("a grid of nothing is refused", async () => {
  await assert.rejects(pictureGrid([]), /no pictures/);
});
