import assert from "node:assert/strict";
import { join } from "node:path";
import { freePorts } from "../../lib/tasks/_local_workers.ts";
import { bitsOf } from "../_folders.ts";
import { writeImages } from "../training/_images.ts";
import { endingOf, testProject } from "./_project.ts";

const SMALL = ["--depth", "11", "--image-size", "32", "--batch-size", "16", "--epochs", "1"];

/** What a run found, without the paths of its data. */
async function foundBy(run: string): Promise<Record<string, string>> {
  const bits = Object.entries(await bitsOf(run));
  return Object.fromEntries(
    bits.filter(([name]) => /^(checkpoints|grad-cam|test|validation|split|history)/.test(name)),
  );
}

Deno.test("workers train on shards, each on its own, what one process trains on the images", async (t) => {
  await using project = await testProject();
  const { path, run, start } = project;
  const at = (...names: string[]) => join(path, ...names);
  await writeImages(at("images"));
  await Deno.writeTextFile(at("two.json"), JSON.stringify({ workers: 2 }));
  const shard = ["--data", at("images"), "--image-size", "32", "--shards", "2", "--out", at("shards")];
  const files = () => [...Deno.readDirSync(at("shards"))].map(({ name }) => name).sort();

  await t.step("what is written is a data set, once", async () => {
    const { code, stderr } = await run("shard", shard);
    assert.equal(code, 0, stderr);
    assert.deepEqual(files(), [
      ...["boxes.csv", "entries.csv", "shards.json", "test.images"],
      ...["training-0-of-2.images", "training-1-of-2.images", "validation.images"],
    ]);
    const again = await run("shard", shard);
    assert.deepEqual([again.code, again.stderr.trim().split("\n").at(-1)], [
      1,
      `error: ${at("shards")}: has shards already: name another place, or say --overwrite`,
    ]);
    const inspected = await run("inspect", ["--data", at("shards")]);
    assert.match(inspected.stdout, /Opened 100 images/);
    assert.match(inspected.stdout, /Nothing looks wrong in them/);
    const many = [...shard.slice(0, -3), "200", "--out", at("many")];
    assert.match((await run("shard", many)).stderr, /^error: 200 shards are more than the \d+ images of/m);
    const onto = ["--data", at("shards"), ...shard.slice(shard.indexOf("--image-size"))];
    assert.match(
      (await run("shard", [...onto, "--overwrite"])).stderr,
      /^error: \S+shards: this command reads it, so it is not written over: name another place$/m,
    );
    const other = await run("shard", [...shard.slice(0, -1), at("images", "images")]);
    assert.match(other.stderr, /images: is no folder of shards \(.*\): name another place$/m);
  });

  await t.step("each worker needs the files of its shard alone", async () => {
    const addresses = (await freePorts(2)).map((port) => `127.0.0.1:${port}`).join();
    const processes = await Promise.all([0, 1].map(async (worker) => {
      await Deno.mkdir(at(`copy-${worker}`));
      for (const name of files().filter((name) => name !== `training-${1 - worker}-of-2.images`)) {
        await Deno.copyFile(at("shards", name), at(`copy-${worker}`, name));
      }
      const own = ["--data", at(`copy-${worker}`), "--workers", addresses, "--worker", String(worker)];
      return await start("train", [...SMALL, "--config", at("two.json"), ...own, "--run", at("together")]);
    }));
    for (const { code, stderr } of await Promise.all(processes.map(endingOf))) assert.equal(code, 0, stderr);
    const flags = [...SMALL, "--config", at("two.json"), "--data", at("images"), "--run", at("alone")];
    const { code, stderr } = await run("train", flags);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await foundBy(at("together")), await foundBy(at("alone")));
    const configs = await Promise.all(
      ["together", "alone"].map((name) => Deno.readTextFile(at(name, "config.json"))),
    );
    assert.equal(JSON.parse(configs[0]!).data, JSON.parse(configs[1]!).data, "the hash of all images");
  });

  await t.step("a missing file, other settings and a flipped bit are one line", async () => {
    const complaintOf = async (data: string, ...flags: string[]) => {
      const { code, stderr } = await run("train", [...SMALL, "--data", data, "--run", at("none"), ...flags]);
      assert.equal(code, 1);
      return stderr.trim().split("\n").at(-1)!;
    };
    assert.match(
      await complaintOf(at("copy-0")),
      /training-1-of-2\.images: is not here, and this worker needs its images/,
    );
    assert.match(
      await complaintOf(at("shards"), "--split", "image"),
      /shards: its shards were made with split "patient", and here it is "image"$/,
    );
    for (const name of ["entries.csv", "boxes.csv", "shards.json"]) {
      const text = await Deno.readTextFile(at("copy-1", name));
      // The last digit but one: of a row's patient, of a box, or of a checksum.
      await Deno.writeTextFile(
        at("copy-1", name),
        text.replace(/\d(?=\D*\d\D*$)/, (digit) => String(9 - Number(digit))),
      );
      const said = name === "shards.json"
        ? /damaged, or of another version/
        : /is not as it was written \(by its SHA-256\)/;
      const complaint = await complaintOf(at("copy-1"));
      assert(complaint.includes(at("copy-1", name)) && said.test(complaint), complaint);
      await Deno.writeTextFile(at("copy-1", name), text);
    }
    const file = at("copy-1", "test.images");
    await Deno.copyFile(at("copy-0", "training-0-of-2.images"), at("copy-1", "training-0-of-2.images"));
    const bytes = await Deno.readFile(file);
    bytes[100]! ^= 1;
    await Deno.writeFile(file, bytes);
    assert.match(await complaintOf(at("copy-1")), /test\.images: image \S+ is damaged in it: copy it again$/);
  });
});
