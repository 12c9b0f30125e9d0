import assert from "node:assert/strict";
import { findingTitle } from "../../lib/dataset/finding_title.ts";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import { byExcess, findingScales, judgeFinding } from "../../lib/evaluation/finding_scale.ts";
import { readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { columnOf, readCsv } from "../../lib/support/csv.ts";
import { random } from "../../lib/support/random.ts";
import { removeSummed } from "../../lib/support/summed_folder.ts";
import { smallRun } from "./_small_run.ts";
import type { Ending } from "./_project.ts";

const FIXTURES = resolve(import.meta.dirname!, "../fixtures/dataset");
const NIH_PNG = resolve(import.meta.dirname!, "../../../shared/nih-png");

/** The paths of the files in a folder of fixtures. */
function fixtures(folder: string): string[] {
  return [...Deno.readDirSync(join(FIXTURES, folder))].map(({ name }) => join(FIXTURES, folder, name)).sort();
}

/** Writes 190 images of all formats, under names with and without an extension, and 10 broken ones, into folders. */
async function writeMixed(folder: string): Promise<{ broken: string[] }> {
  const whole = [...fixtures("png"), ...fixtures("jpeg"), ...fixtures("dicom")];
  const bytes = whole.map((path) => Deno.readFileSync(path));
  for (const name of ["a", "b/c", "b/without"]) await Deno.mkdir(join(folder, name), { recursive: true });
  for (let i = 0; i < 190; i++) {
    const source = whole[i % whole.length]!;
    const name = i % 3 === 0
      ? `b/without/IM${i}`
      : `${i % 3 === 1 ? "a" : "b/c"}/${i}${source.slice(source.lastIndexOf("."))}`;
    await Deno.writeFile(join(folder, name), bytes[i % whole.length]!);
  }
  const start = (name: string, share: number) => {
    const content = Deno.readFileSync(join(FIXTURES, name));
    return content.subarray(0, share * content.length);
  };
  const { integer } = random(1, "broken");
  const broken: Record<string, Uint8Array | string> = {
    "a/empty.png": "",
    "a/half.png": start("png/rgb_8.png", 0.5),
    "a/header.png": start("png/rgb_8.png", 0.1),
    "a/half.jpg": start("jpeg/colours_whole.jpg", 0.5),
    "a/text.dcm": "no image, but long enough for its start to be read as one",
    "a/half.dcm": start("dicom/window.dcm", 0.9),
    "b/c/jpeg2000.dcm": start("dicom/jpeg_2000.dcm", 0.5),
    "b/c/header.dcm": start("dicom/window.dcm", 0.3),
    "b/without/noise": Uint8Array.from({ length: 500 }, () => 128 + integer(128)),
    "b/without/short": start("dicom/rle_8.dcm", 0.97),
  };
  for (const [name, content] of Object.entries(broken)) {
    await Deno.writeFile(
      join(folder, name),
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
  }
  await Deno.writeTextFile(join(folder, "a/table.csv"), "image\n");
  await Deno.writeTextFile(join(folder, "README"), "text");
  return { broken: Object.keys(broken).sort() };
}

Deno.test("predict says what a run sees in images", async (test) => {
  await using project = await smallRun({ phantom: true, count: 500 });
  const { dir: run, images, path } = project;
  const validation = await readPredictions(join(run, "validation/predictions.csv"));
  const tested = await readPredictions(join(run, "test/predictions.csv"));
  const scales = findingScales(validation, { rule: "youden" });
  /** What has to be said of the nth test image. */
  const judged = (nth: number) =>
    scales.map((scale, i) => judgeFinding(scale, tested.scores[nth * NIH_FINDINGS.length + i]!));
  const fileOf = (nth: number) => join("images", "images", tested.images[nth]!);
  const predict = (...args: string[]) => project.run("predict", ["--run", run, ...args]);
  const read = (name: string) => Deno.readTextFile(join(path, name));

  await test.step("one image: every finding, the furthest above its threshold first; warnings before", async () => {
    const { code, stdout, stderr } = await predict(fileOf(0));
    assert.equal(code, 0, stderr);
    const [phantom, few, ...others] = stderr.trim().split("\n");
    assert.match(
      phantom!,
      /^warning: the run was trained on generated phantom images: what it says .* means nothing$/,
    );
    assert.match(few!, /^warning: fewer than 10 validation images have .*Pleural thickening \(\d\)/);
    assert.deepEqual(others, []);
    const [title, ...lines] = stdout.trimEnd().split("\n");
    assert.match(title!, /^images\/images\/\d{8}_000\.png {2}PNG, 32 x 32$/);
    const rows = lines.filter((line) => /^[▲ ] \S/.test(line) && line.includes("%"));
    const expected = byExcess(judged(0)).filter(({ probability }) => probability !== null);
    assert(expected.length > 3);
    assert.deepEqual(
      rows.map((row) => row.slice(2, 20).trim()),
      expected.map(({ finding }) => findingTitle(finding)),
    );
    rows.forEach((row, i) => {
      const { isAbove, probability, threshold, percentile } = expected[i]!;
      assert.equal(row.startsWith("▲"), isAbove);
      const numbers = row.match(/[\d.]+|never/g)!.map(Number);
      assert(Math.abs(numbers[0]! - 100 * probability!) <= 0.5001, row);
      if (threshold !== 1) assert(Math.abs(numbers[1]! - 100 * threshold!) <= 0.5001, row);
      assert(Math.abs(numbers[3]! - 100 * percentile!) <= 0.5001, row);
    });
    const silent = scales.filter(({ reason }) => reason !== null);
    for (const { finding, reason } of silent) {
      assert(stdout.includes(`${findingTitle(finding)}: nothing can be said (${reason})`), stdout);
    }
    assert.match(stdout, /Not for medical use\.$/m);
  });

  await test.step("several images: a line each, or everything in full precision in a file", async () => {
    const { code, stdout, stderr } = await predict(fileOf(1), fileOf(2));
    assert.equal(code, 0, stderr);
    const lines = stdout.trim().split("\n");
    assert.equal(lines.length, 2);
    for (const [i, line] of lines.entries()) {
      const first = byExcess(judged(i + 1))[0]!;
      assert(line.startsWith(`${fileOf(i + 1)}  `), line);
      assert(
        line.includes(first.isAbove ? `  ${findingTitle(first.finding)} ` : "nothing above"),
        line,
      );
    }
    for (const name of ["out.csv", "out.json", "out.jsonl"]) {
      const { code, stdout, stderr } = await predict(fileOf(1), fileOf(2), "--out", name);
      assert.deepEqual([code, stdout], [0, ""], stderr);
      assert.match(stderr, new RegExp(`2 images; .*written to .*${name}$`, "m"));
    }
    const whole = JSON.parse(await read("out.json"));
    assert.deepEqual(Object.keys(whole), ["run", "warnings", "findings", "images", "failed"]);
    assert.deepEqual(
      (await read("out.jsonl")).trim().split("\n").map((line) => JSON.parse(line)),
      whole.images,
    );
    const csv = await readCsv(join(path, "out.csv"));
    whole.images.forEach((image: Record<string, unknown>, i: number) => {
      assert.equal(image.image, fileOf(i + 1));
      const findings = image.findings as Record<string, Record<string, number | null>>;
      for (const { finding, score, probability, threshold } of judged(i + 1)) {
        const found = findings[finding]!;
        assert(
          Math.abs(found.score! - score) < 1e-6 * score,
          `${finding}: ${found.score} instead of ${score}`,
        );
        if (probability === null) assert.equal(found.probability, null);
        else assert(Math.abs(found.probability! - probability) < 1e-5);
        assert.equal(found.threshold, threshold);
        for (const [column, value] of Object.entries(found)) {
          const cell = csv.rows[i]![columnOf(csv, `${finding}_${column}`)]!;
          assert.equal(cell, value === null ? "" : String(Number(value)), `${finding}_${column}`);
        }
      }
    });
  });

  await test.step("a folder of 200 mixed files, 10 of them broken: 190 rows", async () => {
    const { broken } = await writeMixed(join(path, "mixed"));
    const { code, stdout, stderr } = await predict("mixed", "--out", "mixed.csv");
    assert.deepEqual([code, stdout], [0, ""], stderr);
    const errors = stderr.split("\n").filter((line) => line.startsWith("error: "));
    assert.deepEqual(
      errors.map((line) => line.slice(7).split(":")[0]).sort(),
      broken.map((name) => `mixed/${name}`),
    );
    assert.match(
      stderr,
      /^190 images; .*10 more could not be read; 2 other files passed over; written to .*mixed\.csv$/m,
    );
    const csv = await readCsv(join(path, "mixed.csv"));
    assert.equal(csv.rows.length, 190);
    const names = new Set(csv.rows.map((row) => row[columnOf(csv, "image")]!));
    assert.equal(names.size, 190);
    assert([...names].every((name) => /^mixed\/(a|b\/c|b\/without)\/\w+/.test(name)));
    // A DICOM file with tags: the patient's number and name are nowhere, a pseudonym is.
    const tagged = csv.rows.find((row) => row[columnOf(csv, "view")] === "lateral")!;
    assert.match(tagged[columnOf(csv, "patient")]!, /^[0-9a-f]{16}$/);
    assert.equal(tagged[columnOf(csv, "age")], "1");
    assert.match(tagged[columnOf(csv, "warnings")]!, /a lateral view, not a frontal one/);
    assert(!/Doe|Jane|MRN/.test(await read("mixed.csv") + stderr));
  });

  await test.step("--strict stops at the first broken file and leaves the table as it was", async () => {
    const before = await read("mixed.csv");
    const { code, stdout, stderr } = await predict("mixed", "--out", "mixed.csv", "--strict");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr.trim().split("\n").at(-1)!, /^error: mixed\/a\/empty.png: the file is empty$/);
    assert.equal(await read("mixed.csv"), before);
    assert.deepEqual([...Deno.readDirSync(path)].filter(({ name }) => name.endsWith(".partial")), []);
  });

  await test.step("paths from standard input, and patterns", async () => {
    const list = { shell: `printf '%s\\n' '${fileOf(1)}' '${fileOf(2)}' | "$@"` };
    const piped = await project.run("predict", ["--run", run, "-"], list);
    const given = await predict(fileOf(1), fileOf(2));
    assert.equal(piped.stdout, given.stdout, piped.stderr);
    const pattern = `images/images/${tested.images[1]!.slice(0, 7)}*.png`;
    const { stdout } = await predict(pattern);
    // The folders above are closed to the task.
    assert.equal((await predict(join(project.path, pattern))).stdout, stdout);
    assert(stdout.includes(tested.images[1]!), stdout);
  });

  await test.step("--explain draws a heat map, of the finding that is named or of the first", async () => {
    const first = byExcess(judged(1))[0]!.finding;
    for (
      const [args, finding] of [[["--explain", fileOf(1)], first], [[
        fileOf(1),
        "--explain",
        "pleural effusion",
      ], "Effusion"]] as const
    ) {
      const { code, stderr } = await predict(...args);
      assert.equal(code, 0, stderr);
      const picture = join(path, "heat-maps", `images_images_${tested.images[1]}.${finding}.png`);
      const { width, height } = await sharp(picture).metadata();
      assert(width > height && height > 600, stderr);
    }
    const lateral = join(FIXTURES, "dicom/tags.dcm");
    const { stderr } = await predict("--explain=Mass", "--pictures", "here", lateral);
    assert.match(
      stderr,
      /its pixels show who the patient is \(BurnedInAnnotation\), so no heat map is drawn/,
    );
    assert(!existsSync(join(path, "here")));
    const wrong = await predict(fileOf(1), "--explain", "Gout");
    assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
    assert.match(wrong.stderr, /^error: --explain "Gout": is none of the run's findings: Atelectasis, /);
  });

  await test.step("doubtful images are warned about: black, of one value, of 12 bits in 16, no chest", async () => {
    const create = { width: 400, height: 300, channels: 3, background: { r: 0, g: 0, b: 0 } } as const;
    await sharp({ create }).toFile(join(path, "black.png"));
    const twelveBits = Uint16Array.from({ length: 400 * 300 }, (_, i) => i % 4000);
    const raw = { width: 400, height: 300, channels: 1 } as const;
    await sharp(twelveBits, { raw }).toColourspace("grey16").png().toFile(join(path, "twelve.png"));
    const ramp = Uint8Array.from({ length: 400 * 300 }, (_, i) => i % 400 / 2);
    await sharp(ramp, { raw }).toColourspace("b-w").png().toFile(join(path, "ramp.png"));
    const { code, stdout, stderr } = await predict("black.png", "twelve.png", "ramp.png");
    assert.equal(code, 0, stderr);
    const lines = stdout.trim().split("\n");
    assert.match(lines[0]!, /\(warning: the image is all black\)$/);
    assert.match(lines[1]!, /\(warning: the image is almost black: .* 12 bits in a file of 16\?\)$/);
    assert.match(lines[2]!, /\(warning: (unlike the images that the network knows|looks )/);
  });

  await test.step({
    name: "real PNGs in the kinds that the NIH's copies hold",
    ignore: !existsSync(NIH_PNG),
    async fn() {
      const { code, stderr } = await predict(NIH_PNG, "--out", "real.csv");
      assert.equal(code, 0, stderr);
      assert.equal((await readCsv(join(path, "real.csv"))).rows.length, 31);
    },
  });

  await test.step("a run of before its images were described still predicts, and says what is missing", async () => {
    const { stdout: before } = await predict(fileOf(1));
    await removeSummed({ dir: run, kind: "run" }, (file) => file === "validation/reference.safetensors");
    const { code, stdout, stderr } = await predict(fileOf(1));
    assert.deepEqual([code, stdout], [0, before]);
    assert.match(stderr, /^warning: the run has no .*reference.safetensors, .* goes unnoticed$/m);
  });

  await test.step("mistakes end with one line", async () => {
    const text = join(path, "text.png");
    await Deno.writeTextFile(text, "no picture, but long enough for its start to be read");
    const checkpoint = join(run, "checkpoints/epoch-01.safetensors");
    const config = join(run, "config.json");
    const settings = await Deno.readTextFile(config);
    const predictions = join(run, "validation/predictions.csv");
    const mistakes: [string[], () => unknown, RegExp][] = [
      [[join(path, "nowhere.png")], () => {}, /nowhere.png: no such file or folder$/],
      [[text], () => {}, /text.png: not a PNG, JPEG or DICOM file$/],
      [[], () => {}, /missing required argument 'images'$/],
      [
        [fileOf(0), "--out", "table.xlsx"],
        () => {},
        /table.xlsx: its name has to end in .csv, .json, .jsonl$/,
      ],
      [
        [fileOf(0)],
        () => Deno.rename(predictions, `${predictions}.away`),
        /validation\/predictions.csv: is missing, and was written: deno task train --run .* --resume makes it/,
      ],
      [
        [fileOf(0)],
        async () => {
          await Deno.rename(`${predictions}.away`, predictions);
          await Deno.writeTextFile(config, settings.replace("resnet11v2", "resnet20v2"));
        },
        /config.json: is not as it was written/,
      ],
      [
        [fileOf(0)],
        async () => {
          await Deno.writeTextFile(config, settings);
          await Deno.truncate(checkpoint, 5000);
        },
        /epoch-01.safetensors: is not as it was written/,
      ],
      [
        [fileOf(0)],
        () => Deno.remove(join(run, "selection.json")),
        /selection.json is missing: .*--resume/,
      ],
    ];
    const assertMistake = ({ code, stdout, stderr }: Ending, message: RegExp) => {
      assert.equal(code, 1, stderr);
      assert.equal(stdout, "");
      const errors = stderr.trim().split("\n").filter((line) => !line.startsWith("warning: "));
      assert.equal(errors.length, 1, stderr);
      assert.match(errors[0]!, /^error: /);
      assert.match(errors[0]!, message);
    };
    const among =
      /run: has files of \S+\/run\/SHA256SUMS, such as a run's, so no others are written among them: name/;
    assertMistake(await predict(fileOf(0), "--explain=Mass", "--pictures", run), among);
    assertMistake(await project.run("page", ["--run", run, "--out", run, "--no-serve"]), among);
    for (const [flags, change, message] of mistakes) {
      await change();
      assertMistake(await predict(...flags), message);
    }
    assertMistake(
      await project.run("predict", ["--run", images, fileOf(0)]),
      /images: no run \(config.json is missing\)$/,
    );
  });
});
