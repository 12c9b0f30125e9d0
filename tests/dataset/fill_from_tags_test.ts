import assert from "node:assert/strict";
import { join } from "node:path";
import { PLAIN_SOURCE } from "../../lib/dataset/data_set.ts";
import { pseudonymOf } from "../../lib/dataset/dicom/dicom_tags.ts";
import { openDataSet } from "../../lib/dataset/open_data_set.ts";
import { temporaryFolder } from "../_folders.ts";

const TAGGED = "tests/fixtures/dataset/dicom/tags.dcm";

/** The file with some of its texts exchanged for others as long. */
function tagged(changes: Record<string, string>): Uint8Array {
  let text = Array.from(Deno.readFileSync(TAGGED), (byte) => String.fromCharCode(byte)).join("");
  for (const [from, to] of Object.entries(changes)) {
    assert(text.includes(from) && from.length === to.length, from);
    text = text.replace(from, to);
  }
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

Deno.test("what a table does not say is taken from its DICOM files' tags, the patient by a pseudonym", async () => {
  await using folder = await temporaryFolder();
  const frontal = { "LL": "PA" };
  const files = {
    "a": tagged({ ...frontal, "018M": "071Y" }),
    "b": tagged({ ...frontal, "MRN 0042": "MRN 0043" }),
    "c": tagged({}),
  };
  await Deno.mkdir(join(folder.path, "scans"));
  for (const [name, content] of Object.entries(files)) {
    await Deno.writeFile(join(folder.path, "scans", name), content);
  }
  const open = async (lines: string[]) => {
    const table = join(folder.path, "table.csv");
    await Deno.writeTextFile(table, lines.join("\n"));
    return await openDataSet({ ...PLAIN_SOURCE, data: null, table, images: join(folder.path, "scans") });
  };

  const { entries, hasPatients, notes } = await open(["image,Mass", "a,1", "b,0", "c,1"]);
  const [first, second] = await Promise.all(["MRN 0042", "MRN 0043"].map(pseudonymOf));
  assert.deepEqual(
    entries.map(({ image, age, sex, view, patient }) => [image, age, sex, view, patient]),
    [["a", 71, "F", "PA", first], ["b", 1, "F", "PA", second]],
  );
  assert(hasPatients);
  assert(
    notes.includes("From the DICOM files' tags: age, sex, view, patient (by a pseudonym)."),
    notes.join(),
  );
  assert(!notes.some((note) => note.startsWith("By their tags")));
  assert(notes.some((note) => /^1 lateral view left out/.test(note)), notes.join());

  // What the table says stands; an image without a file, or of another kind, leaves patients unknown.
  const said = await open(["image,Mass,age,patient", "a,1,50,x", "b,0,51,y"]);
  assert.deepEqual(said.entries.map(({ age, patient, sex }) => [age, patient, sex]), [[50, "x", "F"], [
    51,
    "y",
    "F",
  ]]);
  await Deno.copyFile("tests/fixtures/dataset/png/grey_8.png", join(folder.path, "scans/d.png"));
  const mixed = await open(["image,Mass", "a,1", "d.png,0"]);
  assert.deepEqual([mixed.hasPatients, mixed.entries[0]!.age, mixed.entries[1]!.age], [false, 71, null]);
  await Deno.writeFile(join(folder.path, "scans/e"), tagged({ ...frontal, "CHEST": "ELBOW" }));
  const elbow = await open(["image,Mass", "a,1", "e,0"]);
  assert.equal(
    elbow.notes.at(-1),
    "By their tags 1 of 2 images are no chest radiographs: e (body part ELBOW, not the chest)",
  );
  const others = await open(["image,Mass", "d.png,0"]);
  assert(!others.notes.some((note) => note.includes("DICOM")));
});
