import assert from "node:assert/strict";
import { join } from "node:path";
import { eventFilesIn, isSoundEventFile, openEventFile } from "../../lib/support/event_file.ts";

/** What `tests/oracles/event_file.py` has read with TensorBoard. */
const FIXTURE = join(import.meta.dirname!, "../fixtures/support/events.tfevents");

Deno.test("event files are those that TensorBoard reads", async () => {
  const folder = await Deno.makeTempDir();
  try {
    let time = 1_700_000_000_000;
    {
      using file = openEventFile(folder, () => time += 1000);
      file.hyperparameters("run", { epochs: 12, network: "resnet20v2", xla: false });
      file.scalars(1, { "loss/training": 0.5, "validation AUC/mean": null });
      file.scalars(300, { "loss/training": 0.25, "validation AUC/mean": 0.75 });
      file.image(300, "Grad-CAM/Mass", png(2, 3));
    }
    const [written] = [...Deno.readDirSync(folder)];
    assert.match(written!.name, /^events\.out\.tfevents\.1700000001\.\d+\.thorax$/);
    const bytes = await Deno.readFile(join(folder, written!.name));
    if (Deno.env.get("WRITE_FIXTURE")) await Deno.writeFile(FIXTURE, bytes);
    assert.deepEqual(bytes, await Deno.readFile(FIXTURE));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a flipped bit in an event file is found, and the cut of a killed process is none", async () => {
  const folder = await Deno.makeTempDir();
  try {
    {
      using events = openEventFile(folder);
      events.scalars(1, { "loss/training": 0.5 });
      events.hyperparameters("run", { seed: 3 });
    }
    const [file] = await eventFilesIn(folder);
    const whole = await Deno.readFile(file!);
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const flipped = whole.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await Deno.writeFile(file!, flipped);
      assert.equal(await isSoundEventFile(file!), false, `bit ${bit}`);
    }
    for (let length = 0; length <= whole.length; length++) {
      await Deno.writeFile(file!, whole.subarray(0, length));
      assert.equal(await isSoundEventFile(file!), true, `${length} bytes`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The head of a PNG of some width and height: all that an event file looks at. */
function png(width: number, height: number): Uint8Array {
  const bytes = Uint8Array.of(
    137,
    80,
    78,
    71,
    13,
    10,
    26,
    10,
    0,
    0,
    0,
    13,
    73,
    72,
    68,
    82,
    ...new Uint8Array(17),
  );
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  return bytes;
}
