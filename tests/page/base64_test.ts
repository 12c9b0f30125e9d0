import assert from "node:assert/strict";
import { packHalves, unpackHalves } from "../../lib/page/base64.ts";

Deno.test("a page widens each of the 65,536 numbers of 16 bits to what Float16Array makes of it", () => {
  const halves = new Float16Array(Uint16Array.from({ length: 65536 }, (_, bits) => bits).buffer);
  const found = unpackHalves(packHalves(halves));
  assert.equal(found.length, 65536);
  assert.deepEqual([...halves.keys()].filter((bits) => !Object.is(found[bits], halves[bits])), []);
});
