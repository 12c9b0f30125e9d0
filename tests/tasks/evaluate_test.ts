import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { UNKNOWN } from "../../lib/dataset/entry.ts";
import { evaluate, type Metrics } from "../../lib/evaluation/metrics.ts";
import { readPredictions } from "../../lib/evaluation/predictions_csv.ts";
import { openvinoFileIn } from "../../lib/openvino/library.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { removeSummed, SUMS_FILE } from "../../lib/support/summed_folder.ts";
import { bitsOf } from "../_folders.ts";
import { writeImages } from "../training/_images.ts";
import { smallRun } from "./_small_run.ts";

Deno.test("evaluate scores a folder with a run's chosen weights and leaves the run as it is", async (test) => {
  await using project = await smallRun();
  const { dir: run, images, path } = project;
  const other = join(path, "other");
  await writeImages(other, { images: 50, size: 48, seed: 2 });
  const black = { create: { width: 48, height: 48, channels: 3, background: "#000" } } as const;
  await sharp(black).toFile(join(other, "images/00000001_000.png"));
  const before = await bitsOf(run);
  const lastLine = (text: string) => text.trimEnd().split("\n").at(-1)!;

  await test.step("the images that it was tested on get the same scores as in its test", async () => {
    const { code, stdout, stderr } = await project.run("evaluate", ["--run", run, "--data", images]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Cardiomegaly +\d+ /m);
    const parts = (await Deno.readTextFile(join(run, "split.csv"))).split("\n");
    const trained = parts.filter((row) => row.endsWith(",training")).length;
    assert.match(
      stderr,
      new RegExp(`^warning: the network was trained on ${trained} of these 120 images, by their names`, "m"),
    );
    assert.match(lastLine(stdout), /evaluation\/images$/);
    const found = await readPredictions(join(run, "evaluation/images/predictions.csv"));
    const tested = await readPredictions(join(run, "test/predictions.csv"));
    assert.equal(found.images.length, 120);
    const labels = tested.labels.length;
    for (const [i, image] of tested.images.entries()) {
      const place = found.images.indexOf(image);
      for (let label = 0; label < labels; label++) {
        const [score, expected] = [found.scores[place * labels + label]!, tested.scores[i * labels + label]!];
        assert(Math.abs(score - expected) < 1e-6, `${image}: ${score} instead of ${expected}`);
      }
    }
  });

  await test.step({
    name: "OpenVINO gives the same scores but for rounding, and the report says that they are its",
    ignore: openvinoFileIn(PROJECT) === null,
    async fn() {
      const options = ["--run", run, "--data", images, "--name", "openvino", "--engine", "openvino"];
      const { code, stderr } = await project.run("evaluate", options);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /scores were computed by OpenVINO \d{4}\.\d/);
      const [found, expected] = await Promise.all(
        ["openvino", "images"].map((name) =>
          readPredictions(join(run, "evaluation", name, "predictions.csv"))
        ),
      );
      assert.deepEqual(found!.images, expected!.images);
      const off = found!.scores.map((score, i) => Math.abs(score - expected!.scores[i]!));
      assert(Math.max(...off) <= 1e-5, `${Math.max(...off)}`);
      assert.match(
        await Deno.readTextFile(join(run, "evaluation/openvino/report.html")),
        /computed by OpenVINO/,
      );
    },
  });

  await test.step("images of another size in another folder get predictions and metrics that fit each other", async () => {
    const { code, stderr } = await project.run("evaluate", [
      "--run",
      run,
      "--data",
      other,
      "--name",
      "elsewhere",
      "--checked-maps",
      "3",
      "--shortcut-images",
      "20",
    ]);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^warning: 1 of 50 images probably show nothing: 00000001_000\.png is all black$/m,
    );
    const out = join(run, "evaluation/elsewhere");
    const predictions = await readPredictions(join(out, "predictions.csv"));
    const metrics = JSON.parse(await Deno.readTextFile(join(out, "metrics.json")));
    assert.equal(predictions.images.length, 50);
    const { labels } = evaluate(predictions, { seed: 0 });
    assert.deepEqual(metrics.labels.map(({ auc }: { auc: number }) => auc), labels.map(({ auc }) => auc));
    assert.equal(typeof metrics.baselines.metadata.meanAuc, "number");
    assert(
      metrics.labels.some(({ calibration }: Metrics["labels"][number]) => calibration.unweighted !== null),
    );
    assert.deepEqual([metrics.faithfulness.maps, metrics.shortcuts.images], [3, 20]);
    // All masses have one box, in the training set as here.
    assert.equal(metrics.localisation.all.prior.pointingGame.value, 1);
    const report = await Deno.readTextFile(join(out, "report.html"));
    for (
      const part of [/Run run on elsewhere/, /Checked on 3 heat maps of/, /Of 20 test images as they are/]
    ) {
      assert.match(report, part);
    }
    const card = await Deno.readTextFile(join(out, "model-card.md"));
    assert.match(card, /^# Model card: run run on elsewhere\n/);
    assert.match(card, /^50 images of NIH ChestX-ray14, of 25 patients\.$/m);
    assert.match(card, /^A classifier that sees only view, age, sex and visit reaches a mean AUC of /m);
  });

  await test.step("an evaluation is written over as it was written, and not where it was changed since", async () => {
    const flags = ["--run", run, "--data", other, "--name", "elsewhere"];
    const again = await project.run("evaluate", flags);
    assert.equal(again.code, 0, again.stderr);
    const report = join(run, "evaluation/elsewhere/report.html");
    const text = await Deno.readTextFile(report);
    await Deno.writeTextFile(report, `${text}<!-- my notes -->`);
    const changed = await project.run("evaluate", flags);
    assert.equal(changed.code, 1);
    assert.match(
      lastLine(changed.stderr),
      /^error: .*elsewhere\/report\.html: is there already, and not as this task/,
    );
    assert.equal(await Deno.readTextFile(report), `${text}<!-- my notes -->`);
    await Deno.writeTextFile(report, text);
    const compared = await project.run("compare", ["--run", run, "--run", join(run, "evaluation/elsewhere")]);
    assert.deepEqual([compared.code, compared.stderr], [0, ""]);
    assert.match(compared.stdout, /^They scored different images/m);
  });

  await test.step("findings under other names: by synonyms, or as --map says", async () => {
    const rows = (await Deno.readTextFile(join(other, "Data_Entry_2017.csv"))).trim().split("\n").slice(1)
      .map((row) => row.split(","));
    const table = join(path, "table.csv");
    const has = (row: string[], finding: string) => Number(row[1]!.split("|").includes(finding));
    await Deno.writeTextFile(
      table,
      [
        "image,Pleural Effusion,Big heart",
        ...rows.map((row) => [row[0], has(row, "Effusion"), has(row, "Cardiomegaly")]),
      ]
        .join("\n"),
    );
    const flags = ["--run", run, "--table", table, "--images", join(other, "images"), "--name", "mapped"];
    const { code, stderr } = await project.run("evaluate", [...flags, "--map", "Big heart=Cardiomegaly"]);
    assert.equal(code, 0, stderr);
    const mapped = await readPredictions(join(run, "evaluation/mapped/predictions.csv"));
    const straight = await readPredictions(join(run, "evaluation/elsewhere/predictions.csv"));
    for (const [label, name] of mapped.labels.entries()) {
      const truth = mapped.truth.filter((_, i) => i % mapped.labels.length === label);
      const known = ["Effusion", "Cardiomegaly"].includes(name);
      const expected = straight.truth.filter((_, i) => i % mapped.labels.length === label);
      assert.deepEqual(truth, known ? expected : expected.fill(UNKNOWN), name);
    }
    for (
      const [map, message] of [
        [
          "Big hart=Cardiomegaly",
          /^error: --map: "Big hart" is none of the data set's findings: Pleural Effusion, Big heart$/,
        ],
        ["Big heart=Gout", /^error: --map: "Gout" is none of the run's findings: Atelectasis, /],
        ["Big heart", /'--map <names>' argument 'Big heart' is invalid/],
      ] as const
    ) {
      const wrong = await project.run("evaluate", [...flags, "--map", map]);
      assert.equal(wrong.code, 1);
      assert.match(lastLine(wrong.stderr), message);
    }
  });

  await test.step("a run of before its training set was described says what is missing", async () => {
    const file = join(run, "training.csv");
    const sums = join(run, SUMS_FILE);
    const [content, summed] = await Promise.all([file, sums].map((path) => Deno.readTextFile(path)));
    assert(!/\.png/.test(content!));
    const boxes = join(run, "training-boxes.csv");
    const located = await Deno.readTextFile(boxes);
    assert.match(located, /^finding,x,y,width,height\n(9,256,640,512,128\n)+$/);
    await removeSummed({ dir: run, kind: "run" }, (name) => /^training.*csv$/.test(name));
    const { code, stderr } = await project.run("evaluate", [
      "--run",
      run,
      "--data",
      other,
      "--name",
      "older",
      "--checked-maps",
      "1",
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /training-boxes\.csv: is missing, as of runs of older versions: no prior map/);
    assert.match(
      stderr,
      /^The run has no .*training\.csv, as runs of older versions: there is no metadata baseline/m,
    );
    await Deno.writeTextFile(file, content!);
    await Deno.writeTextFile(boxes, located);
    await Deno.writeTextFile(sums, summed!);
  });

  await test.step("several runs are judged by their mean, beside the best of them", async () => {
    const second = join(path, "second");
    const small = ["--epochs", "1", "--depth", "11", "--image-size", "32", "--batch-size", "16"];
    const unchecked = ["--checked-maps", "0", "--shortcut-images", "0"];
    const trained = await project.run("train", ["--data", images, "--run", second, ...small, ...unchecked]);
    assert.equal(trained.code, 0, trained.stderr);
    const both = ["--run", run, "--run", second];
    const { code, stdout, stderr } = await project.run("evaluate", both);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^First: {2}the mean of 2 runs \(\d+ test images\)$/m);
    assert.match(stdout, /^Second: (run|second), the best of them here /m);
    assert.match(stderr, /^Thresholds and calibration are those of the mean on the runs' validation set\.$/m);
    const out = join(run, "evaluation/ensemble-test");
    const [mean, one, two] = await Promise.all(
      [out, join(run, "test"), join(second, "test")].map((dir) =>
        readPredictions(join(dir, "predictions.csv"))
      ),
    );
    assert.deepEqual(mean!.images, one!.images);
    mean!.scores.forEach((score, i) =>
      assert(Math.abs(score - (one!.scores[i]! + two!.scores[i]!) / 2) < 1e-12)
    );
    const ensemble = JSON.parse(await Deno.readTextFile(join(out, "ensemble.json")));
    assert.deepEqual(ensemble.members.map(({ name }: { name: string }) => name), ["run", "second"]);
    const { labels } = evaluate(mean!, { seed: 0 });
    assert.deepEqual(
      ensemble.comparison.labels.map(({ first }: { first: number | null }) => first),
      labels.map(({ auc }) => auc),
    );
    assert.match(
      await Deno.readTextFile(join(out, "report.html")),
      /Ensemble run \+ second on ensemble-test/,
    );
    assert.match(
      await Deno.readTextFile(join(out, "model-card.md")),
      /^The mean of the probabilities of 2 networks/m,
    );

    const again = await project.run("evaluate", both);
    assert.equal(again.code, 0, again.stderr);
    const copied = join(path, "copied");
    await new Deno.Command("cp", { args: ["-a", second, copied] }).output();
    const written = await bitsOf(out);
    const others = await project.run("evaluate", ["--run", run, "--run", copied]);
    assert.equal(others.code, 1);
    assert.match(
      lastLine(others.stderr),
      /ensemble-test: is of run \+ second: give this ensemble another --name/,
    );
    assert.deepEqual(await bitsOf(out), written);
    const twice = await project.run("evaluate", [...both, "--run", copied, "--name", "with-a-copy"]);
    assert.equal(twice.code, 0, twice.stderr);
    const copy =
      /^copied has the very scores of second, as a copy of it has: the mean counts it once more and/m;
    assert.match(twice.stderr, copy);

    const elsewhere = await project.run("evaluate", [...both, "--data", other, "--name", "both"]);
    assert.equal(elsewhere.code, 0, elsewhere.stderr);
    const scored = await readPredictions(join(run, "evaluation/both/predictions.csv"));
    const alone = await readPredictions(join(run, "evaluation/elsewhere/predictions.csv"));
    assert.deepEqual(scored.images, alone.images);
    assert.notDeepEqual(scored.scores, alone.scores);
    for (
      const [flags, message] of [
        [["--run", run], /the same run is given twice$/],
        [["--checked-maps", "3"], /check one network, and several runs are given$/],
      ] as const
    ) {
      const wrong = await project.run("evaluate", [...both, ...flags]);
      assert.equal(wrong.code, 1);
      assert.match(lastLine(wrong.stderr), message);
    }
  });

  await test.step("a row whose image is missing is an error, with --skip-missing it is left out", async () => {
    await Deno.remove(join(other, "images/00000003_000.png"));
    const flags = ["--run", run, "--data", other, "--name", "rest"];
    const { code, stderr } = await project.run("evaluate", flags);
    assert.equal(code, 1);
    assert.match(lastLine(stderr), /^error: .*: 1 of 50 rows have no image in .*other: 00000003_000.png$/);
    assert(!existsSync(join(run, "evaluation/rest")));
    const rest = await project.run("evaluate", [...flags, "--skip-missing"]);
    assert.equal(rest.code, 0, rest.stderr);
    const { images } = await readPredictions(join(run, "evaluation/rest/predictions.csv"));
    assert.equal(images.length, 49);
  });

  await test.step("mistakes end with one line", async () => {
    const mistakes: [string[], RegExp][] = [
      [["--run", images, "--data", other], /images: no run \(config.json is missing\)$/],
      [
        ["--run", run, "--data", join(path, "nowhere")],
        /nowhere.* no such folder\.?$/,
      ],
      [["--run", run, "--data", other, "--name", "../test"], /--name \.\.\/test: may hold letters/],
      [["--run", run, "--data", other, "--name", "a".repeat(256)], /--name a+: may hold .*, 255 at most$/],
      [["--data", other], /'--run <dir>' not specified$/],
    ];
    for (const [flags, message] of mistakes) {
      const { code, stdout, stderr } = await project.run("evaluate", flags);
      assert.equal(code, 1);
      assert.equal(stdout, "");
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
      assert.match(lastLine(stderr), message);
    }
  });

  await Deno.remove(join(run, "evaluation"), { recursive: true });
  assert.deepEqual(await bitsOf(run), before);
});
