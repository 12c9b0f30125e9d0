import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { runFolder, writeRunFiles } from "../../lib/training/run_folder.ts";
import { bitsOf } from "../_folders.ts";
import { killedAtRenaming } from "../_kills.ts";
import { writeImages } from "../training/_images.ts";
import { smallDisk, withSmallDisk } from "./_small_disk.ts";
import { type Ending, endingOf, type TestProject, testProject } from "./_project.ts";

const NIH_SAMPLE = resolve(import.meta.dirname!, "../../../shared/nih-sample");
const NIH_SAMPLE_64 = resolve(import.meta.dirname!, "../../../shared/nih-sample-64");

/** Whether the samples of real images are missing. */
const noSamples = [NIH_SAMPLE, NIH_SAMPLE_64].some((folder) => {
  if (existsSync(folder)) return false;
  console.warn(`${folder} is missing, so tests that read it are skipped (it is not part of the project)`);
  return true;
});

const UNCHECKED = ["--checked-maps", "0", "--shortcut-images", "0"];
const SMALL = ["--depth", "11", "--image-size", "32", "--batch-size", "16", ...UNCHECKED];

/** A project with a folder `images` of 150 small images and a configuration that augments. */
async function smallProject(): Promise<TestProject> {
  const project = await testProject();
  await writeImages(join(project.path, "images"));
  const augmentation = { shift: 0.05, rotation: 5, zoom: 0.1, brightness: 0.1 };
  await Deno.writeTextFile(
    join(project.path, "augmented.jsonc"),
    JSON.stringify({ epochs: 3, augmentation }),
  );
  return project;
}

/** The flags of a small run of three epochs. */
function flagsOf({ path }: TestProject, run: string): string[] {
  return ["--config", join(path, "augmented.jsonc"), "--data", join(path, "images"), "--run", run, ...SMALL];
}

function assertEnded({ code, stderr }: Ending): void {
  assert.equal(code, 0, stderr);
}

/** Asserts that a task ended with what the user can mend, in one line. */
function assertMistake({ code, stdout, stderr }: Ending, message: RegExp): void {
  const last = stderr.trimEnd().split("\n").at(-1)!;
  assert.match(last, /^error: /);
  assert.match(last, message);
  assert.equal(stderr.match(/error/gi)!.length, last.match(/error/gi)!.length, stderr);
  assert.doesNotMatch(stderr, /^ +at /m);
  assert.equal(code, 1);
  assert.equal(stdout, "");
}

/** Waits until a file is there or a process has ended, so that it can be killed then. */
async function untilFile(file: string, process: Deno.ChildProcess): Promise<void> {
  let ended = false;
  process.status.then(() => ended = true);
  while (!ended && !existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("two runs with one seed leave the same bits, and so does one that was killed and resumed many times", async () => {
  await using project = await smallProject();
  const [first, second, killed] = ["1", "2", "3"].map((name) => join(project.path, name, "run"));
  for (const run of [first!, second!]) assertEnded(await project.run("train", flagsOf(project, run)));
  const expected = await bitsOf(first!);
  assert.deepEqual(await bitsOf(second!), expected);
  for (
    const file of ["history.csv", "checkpoints/epoch-03.safetensors", "test/metrics.json", "report.html"]
  ) {
    assert(file in expected, file);
  }
  assert.equal([...Deno.readDirSync(join(first!, "tensorboard"))].length, 1);

  const moments = [
    "config.json",
    "checkpoints/epoch-01.safetensors",
    "history.csv",
    "checkpoints/optimizer-02.safetensors",
    "checkpoints/epoch-03.safetensors",
    "selection.json",
    "test/predictions.csv",
  ];
  for (const [i, moment] of moments.entries()) {
    const flags = i === 0 ? flagsOf(project, killed!) : ["--run", killed!, "--resume"];
    const process = await project.start("train", flags);
    await untilFile(join(killed!, moment), process);
    try {
      process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await endingOf(process);
  }
  assertEnded(await project.run("train", ["--run", killed!, "--resume"]));
  assert.deepEqual(await bitsOf(killed!), expected);

  const again = await project.run("train", ["--run", killed!, "--resume"]);
  assertEnded(again);
  assert.deepEqual(await bitsOf(killed!), expected);
  assert.doesNotMatch(again.stderr, /Epoch \d of/);
});

Deno.test("a run that was killed before it began is no run to resume and does not hinder a new one", async () => {
  await using project = await smallProject();
  const run = join(project.path, "run");
  await killedAtRenaming(1, () => writeRunFiles(runFolder(run), { [join(run, "config.json")]: "{}" }));
  assert.equal(Object.keys(await bitsOf(run)).length, 3, "checksums, and a draft with its mark");
  assertMistake(
    await project.run("train", ["--run", run, "--resume"]),
    /run: no run \(config.json is missing\)$/,
  );
  assertEnded(await project.run("train", [...flagsOf(project, run), "--epochs", "1"]));
  assert.deepEqual(Object.keys(await bitsOf(run)).filter((file) => file.startsWith(".")), []);
});

Deno.test("Ctrl-C ends a run after its step, says how to go on, and status is 130", async () => {
  await using project = await smallProject();
  const run = join(project.path, "run");
  const process = await project.start("train", [...flagsOf(project, run), "--epochs", "1000"]);
  await untilFile(join(run, "history.csv"), process);
  process.kill("SIGINT");
  const { code, stderr } = await endingOf(process);
  assert.equal(code, 130, stderr);
  const lines = stderr.trim().split("\n");
  const stopped = lines.at(-1);
  // It is heard in a thread of its own, so an epoch that ended meanwhile may be told of after it.
  assert.ok(lines.slice(-3).includes("Stopping (Ctrl-C again: at once)"), stderr);
  assert.match(
    stopped!,
    /^Stopped after epoch [1-9]\d* of 1000. Go on with: deno task train --run run --resume$/,
  );
  assert.doesNotMatch(stderr, /\n +at /);
});

Deno.test("a mistake in the data ends a run with one line, and nothing is written", async (test) => {
  await using project = await testProject();
  const run = join(project.path, "run");
  const images = join(project.path, "images");
  const csv = join(images, "Data_Entry_2017.csv");
  const image = (nth: number) => join(images, "images", `0000000${nth}_000.png`);
  const edit = async (file: string, change: (text: string) => string) =>
    await Deno.writeTextFile(file, change(await Deno.readTextFile(file)));
  const row = (nth: number, change: (row: string) => string) =>
    edit(csv, (text) => text.split("\n").map((line, i) => i === nth - 1 ? change(line) : line).join("\n"));
  const mistakes: [string, () => Promise<unknown>, RegExp][] = [
    [
      "no column",
      () => row(1, (line) => line.replace("Finding Labels", "Findings")),
      /Data_Entry_2017.csv, row 1: no column "Finding Labels" in "Image Index,Findings,/,
    ],
    [
      "an unknown label",
      () => row(9, (line) => line.replace(/png,[^,]*/, "png,Rupture")),
      /Data_Entry_2017.csv, row 9: unknown label "Rupture" in "Rupture"$/,
    ],
    [
      "an image twice",
      () => row(9, (line) => line.replace("00000007", "00000001")),
      /Data_Entry_2017.csv, row 9: image "00000001_000.png" is already in a row above$/,
    ],
    [
      "missing images",
      () => Promise.all([1, 2, 3, 4, 5, 6].map((nth) => Deno.remove(image(nth)))),
      /Data_Entry_2017.csv: 6 of 40 rows have no image in \S+: 00000001_000.png, 00000002_000.png, 00000003_000.png, 00000004_000.png, 00000005_000.png, ...$/,
    ],
    ["an image cut short", () => Deno.truncate(image(7), 300), /00000007_000.png: damaged or cut short/],
    [
      "a huge image",
      async () => Deno.writeFile(image(7), await hugeImage()),
      /00000007_000.png: 20000 x 20000 pixels are more than/,
    ],
    ["an empty folder", async () => {
      await Deno.remove(images, { recursive: true });
      await Deno.mkdir(images);
    }, /images: the folder is empty$/],
    ["no folder", () => Deno.remove(images, { recursive: true }), /images: no such folder$/],
  ];
  for (const [name, make, message] of mistakes) {
    await test.step(name, async () => {
      await writeImages(images, { images: 40 });
      await make();
      assertMistake(await project.run("train", ["--data", images, "--run", run, ...SMALL]), message);
      assert(!existsSync(run));
      await Deno.remove(images, { recursive: true }).catch(() => {});
    });
  }
  await test.step("--skip-missing leaves rows without an image out", async () => {
    await writeImages(images, { images: 40 });
    await Deno.remove(image(7));
    assertEnded(
      await project.run("train", [
        "--data",
        images,
        "--run",
        run,
        ...SMALL,
        "--epochs",
        "1",
        "--skip-missing",
      ]),
    );
    assert.equal((await Deno.readTextFile(join(run, "split.csv"))).trim().split("\n").length, 1 + 39);
  });
});

/** The start of a PNG of 20,000 x 20,000 pixels. */
async function hugeImage(): Promise<Uint8Array> {
  const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: "black" } }).png()
    .toBuffer();
  const view = new DataView(png.buffer, png.byteOffset);
  view.setUint32(16, 20_000);
  view.setUint32(20, 20_000);
  return new Uint8Array(png);
}

Deno.test("a mistake in a flag or setting ends a run with one line, and nothing is written", async (test) => {
  await using project = await smallProject();
  const run = join(project.path, "run");
  const config = join(project.path, "mine.jsonc");
  const file = (text: string) => Deno.writeTextFileSync(config, text);
  const mistakes: [string[], RegExp][] = [
    [["--epoch", "3"], /unknown option '--epoch' \(Did you mean --epochs\?\)$/],
    [["--epochs", "0"], /'--epochs <n>' argument '0' is invalid. Expected an integer from 1 to 10000.$/],
    [["--learning-rate", "fast"], /'--learning-rate <x>' argument 'fast' is invalid/],
    [["--split", "patients"], /'--split <kind>' argument 'patients' is invalid. .*image, patient, official/],
    [["--depth", "12"], /--depth 12: has to be 9n \+ 2/],
    [["--image-size", "50"], /image size 50: has to be a multiple of 32/],
    [["--network", "vgg16"], /network "vgg16": has to be one of /],
    [["--network", "resnet20v2"], /'--depth <n>' cannot be used with option '--network <name>'$/],
    [["--config", "nowhere.jsonc"], /nowhere.jsonc: neither a file nor a configuration/],
    [["--config", config], /mine.jsonc: unknown setting "batch_size" \(did you mean "batchSize"\?\)$/],
    [["--config", "twice.jsonc"], /twice.jsonc, line 3: "epochs" is there twice$/],
    [["--config", "deep.jsonc"], /deep.jsonc, line 1: more than 64 objects and lists in each other$/],
    [["--config", "loop.jsonc"], /loop.jsonc: its symbolic links lead in a circle$/],
    [["--config", "/dev/zero"], /dev\/zero: is a device, not a file$/],
    [
      ["--batch-size", "500"],
      /The training set has 122 images, fewer than a batch of 500: take a smaller --batch-size$/,
    ],
    [["--learning-rate", "1e30"], /'1e30' is invalid. Expected a number from 1e-9 to 10.$/],
    [["--image-size", "40000"], /'40000' is invalid. Expected an integer from 32 to 2048.$/],
    [["--batch-size", "1000000"], /'1000000' is invalid. Expected an integer from 1 to 4096.$/],
    [["--epochs", "9999999"], /'9999999' is invalid. Expected an integer from 1 to 10000.$/],
    [["--depth", "100001"], /'100001' is invalid. Expected an integer from 11 to 1001.$/],
    [["--seed", "2147483648"], /'2147483648' is invalid. Expected an integer from 0 to 2147483647.$/],
    [
      ["--image-size", "2048", "--batch-size", "4096"],
      /: batches of 4096 images of 2048x2048 take at least [\d,]+ GB of memory in resnet11v2, and this machine has /,
    ],
    [["--split", "official"], /has no official split; for the NIH's, --lists names the folder of .*$/],
    ...["--elastic", "--sync-batch-norm", "--gradient-precision=bfloat16", "--trust-network"].map((flag) =>
      [[flag], RegExp(`${flag.split("=")[0]}: only where several workers train together`)] as [
        string[],
        RegExp,
      ]
    ),
    [["--weights", ""], /weights "": an empty path names nothing$/],
    [["--weights", "nothing.h5"], /nothing.h5: no such file/],
    [["--resume"], /run: no run \(config.json is missing\)$/],
  ];
  file('{ "batch_size": 16 }');
  const others = { "twice.jsonc": '{\n "epochs": 1,\n "epochs": 2 }', "deep.jsonc": "[".repeat(200_000) };
  for (const [name, text] of Object.entries(others)) {
    await Deno.writeTextFile(join(project.path, name), text);
  }
  await Deno.symlink("loop.jsonc", join(project.path, "loop.jsonc"));
  for (const [flags, message] of mistakes) {
    await test.step(flags.join(" "), async () => {
      const data = ["--data", join(project.path, "images"), "--run", run];
      const given = flags.includes("vgg16") ? [...flags, "--depth"] : flags;
      // Each flag of SMALL has a value; one that is given is left out.
      const small = SMALL.filter((_, i) => !given.includes(SMALL[i - i % 2]!));
      assertMistake(await project.run("train", [...data, ...small, ...flags]), message);
      assert(!existsSync(run));
    });
  }
});

Deno.test("a run can be gone on with as it was started only, and its files are left as they are", async (test) => {
  await using project = await smallProject();
  const run = join(project.path, "run");
  assertEnded(await project.run("train", [...flagsOf(project, run), "--epochs", "2"]));
  const before = await bitsOf(run);
  const config = await Deno.readTextFile(join(run, "config.json"));
  const copy = join(project.path, "copy");
  await new Deno.Command("cp", { args: ["-a", run, copy] }).output();
  const resume = ["--run", run, "--resume"];
  const file = (name: string) => join(run, name);
  const edit = async (name: string, from: string, to: string) => {
    const text = await Deno.readTextFile(file(name));
    assert(text.includes(from), `${from} in ${name}`);
    await Deno.writeTextFile(file(name), text.replace(from, to));
  };
  const changed = "is not as it was written \\(by its SHA-256\\): damaged, or changed since";
  const wayOut = "put it back from a copy, or start anew in another folder$";
  const mistakes: [string, string[], () => Promise<unknown>, RegExp][] = [
    ["a new run", flagsOf(project, run), async () => {}, /run: not empty: go on with its run with --resume/],
    [
      "another seed",
      [...resume, "--seed", "3"],
      async () => {},
      /--seed 3: the run was started with 0, which cannot change$/,
    ],
    [
      "another configuration",
      [...resume, "--config", "original"],
      async () => {},
      /original: network resnet56v2: the run was started with resnet11v2/,
    ],
    [
      "fewer epochs",
      [...resume, "--epochs", "1"],
      async () => {},
      /--epochs 1: the run has 2 epochs already$/,
    ],
    [
      "another network in config.json",
      resume,
      () => Deno.writeTextFile(join(run, "config.json"), config.replace("resnet11v2", "resnet20v2")),
      RegExp(`config.json: ${changed}: ${wayOut}`),
    ],
    [
      "more epochs, and a checkpoint cut short",
      [...resume, "--epochs", "5"],
      () => Deno.truncate(file("checkpoints/epoch-02.safetensors"), 1e5),
      RegExp(`epoch-02.safetensors: ${changed}: ${wayOut}`),
    ],
    [
      "another epoch's checkpoint",
      resume,
      () => Deno.copyFile(file("checkpoints/epoch-01.safetensors"), file("checkpoints/epoch-02.safetensors")),
      RegExp(`epoch-02.safetensors: ${changed}: ${wayOut}`),
    ],
    [
      "no history",
      resume,
      () => Deno.remove(file("history.csv")),
      RegExp(`history.csv: is missing, and was written: ${wayOut}`),
    ],
    [
      "a checkpoint less",
      resume,
      () => Deno.remove(file("checkpoints/epoch-01.safetensors")),
      RegExp(`epoch-01.safetensors: is missing, and was written: ${wayOut}`),
    ],
    [
      "an epoch less in the history",
      resume,
      () => edit("history.csv", "\n2,", "\n#,"),
      /history.csv, row 3: epoch "#"/,
    ],
    [
      "another split",
      resume,
      () => edit("split.csv", ",training", ",test"),
      RegExp(`split.csv: ${changed}: ${wayOut}`),
    ],
    [
      "notes in the report",
      resume,
      () => edit("report.html", "<h1>", "<h1>my notes: "),
      RegExp(`report.html: ${changed}: move it away, or have it written anew with --overwrite$`),
    ],
  ];
  for (const [name, flags, change, message] of mistakes) {
    await test.step(name, async () => {
      await change();
      const given = await bitsOf(run);
      assertMistake(await project.run("train", flags), message);
      assert.deepEqual(await bitsOf(run), given);
      await Deno.remove(run, { recursive: true });
      await new Deno.Command("cp", { args: ["-a", copy, run] }).output();
    });
  }
  assert.deepEqual(await bitsOf(run), before);
  await test.step("--overwrite writes a changed report anew, and a new run over an old one", async () => {
    await edit("report.html", "<h1>", "<h1>my notes: ");
    await Deno.writeTextFile(file("notes.txt"), "mine");
    assertEnded(await project.run("train", [...resume, "--overwrite"]));
    assert.deepEqual(await bitsOf(run), { ...before, "notes.txt": (await bitsOf(run))["notes.txt"] });
    assertEnded(await project.run("train", [...flagsOf(project, run), "--epochs", "1", "--overwrite"]));
    const now = Object.keys(await bitsOf(run));
    assert(now.includes("notes.txt") && !now.includes("checkpoints/epoch-02.safetensors"), String(now));
  });
});

Deno.test({
  name: "a full disk ends a run with one line, leaves no draft, and the run goes on when there is room",
  ignore: !smallDisk,
  async fn() {
    await using project = await smallProject();
    const disk = join(project.path, "disk");
    await Deno.mkdir(disk);
    // Room for the checkpoint of 1.2 MB, not for the optimiser's averages of 2.4 MB. It is gone with the process.
    const { code, stdout, stderr } = await project.run("train", flagsOf(project, join(disk, "run")), {
      shell: withSmallDisk(disk),
    });
    assertMistake({ code, stdout: "", stderr }, /optimizer-01.safetensors: no space left on the disk$/);
    const left = stdout.trim().split("\n").map((path) => path.slice(disk.length + 1))
      .filter((path) => !path.startsWith("run/tensorboard/")).sort();
    assert.deepEqual(left, [
      "run/SHA256SUMS",
      "run/checkpoints/epoch-01.safetensors",
      "run/config.json",
      "run/provenance.json",
      "run/split.csv",
    ]);
  },
});

Deno.test({
  name: "--precision bfloat16 is a warning where the processor only emulates it",
  ignore: !smallDisk || Deno.build.arch !== "x86_64" || Deno.build.os !== "linux",
  async fn() {
    await using project = await smallProject();
    const cpuinfo = join(project.path, "cpuinfo");
    const shell = `exec unshare -Urm sh -c 'mount --bind ${cpuinfo} /proc/cpuinfo; exec "$@"' sh "$@"`;
    const train = async (name: string, instructionSets: string) => {
      await Deno.writeTextFile(cpuinfo, `flags\t\t: ${instructionSets}\n`);
      const flags = [
        ...flagsOf(project, join(project.path, name)),
        "--precision",
        "bfloat16",
        "--epochs",
        "1",
      ];
      const { code, stderr } = await project.run("train", flags, { shell });
      assert.equal(code, 0, stderr);
      return stderr.match(/^warning: .*$/m)?.[0];
    };
    assert.match(
      await train("emulated", "avx avx2 avx512f") ?? "",
      /bfloat16 is slower than float32 here: this processor only emulates it/,
    );
    assert.equal(await train("native", "avx avx2 avx512f avx512_bf16"), undefined);
  },
});

Deno.test({
  name: "a run on real images comes to its report, on either sample",
  ignore: noSamples,
  async fn(test) {
    await using project = await testProject();
    for (const [data, size] of [[NIH_SAMPLE, "64"], [NIH_SAMPLE_64, "32"]] as const) {
      await test.step(data, async () => {
        const { code, stderr } = await project.run("train", [
          "--data",
          data,
          "--image-size",
          size,
          "--epochs",
          "1",
          "--depth",
          "11",
        ]);
        assert.equal(code, 0, stderr);
        const run = join(project.path, "data/runs", `${data.split("/").at(-1)}-1`);
        assert(stderr.trim().endsWith(`${run.slice(project.path.length + 1)}/report.html`), stderr);
        const metrics = JSON.parse(await Deno.readTextFile(join(run, "test/metrics.json")));
        assert.equal(metrics.labels.length, 14);
        assert(metrics.summary.mean > 0 && metrics.summary.mean < 1);
        assert((await Deno.readTextFile(join(run, "report.html"))).length > 1e5);
      });
    }
  },
});
