import assert from "node:assert/strict";
import axe from "axe-core";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { escapeHtml } from "../../lib/plots/escape_html.ts";
import { PUBLISHED_RESULTS } from "../../lib/report/literature.ts";
import { reportHtml } from "../../lib/report/report.ts";
import { CHROMIUM, startChromium } from "../plots/_chromium.ts";
import { fullReport, HARMFUL, SHORT } from "./_report.ts";
import { writeAtomically } from "../../lib/support/write_atomically.ts";

async function inFolder(task: (file: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await task(join(folder, "report.html"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Keeps in `refused`, in the page, what its Content-Security-Policy refuses. */
async function noteRefusals(page: Page): Promise<void> {
  await page.addInitScript(`
    globalThis.refused = [];
    addEventListener("securitypolicyviolation", ({ violatedDirective }) => refused.push(violatedDirective));`);
}

/** The texts of a page without its scripts and styles. */
function textOf(html: string): string {
  return html.replace(/<(script|style)\b[^>]*>.*?<\/\1>/gs, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

Deno.test("a report tells what its content says, an undefined AUC as a dash with the reason", async () => {
  await inFolder(async (file) => {
    await writeAtomically(file, await reportHtml(await fullReport()));
    const text = textOf(await Deno.readTextFile(file));
    for (
      const expected of [
        "Mean test AUC 0.823 95 % interval 0.476 to 0.960",
        "Chosen epoch 2 of 3",
        "Test images 10 of 10 patients",
        "Effusion * 4 6 0.646 0.255 to 0.907 0.653 (0.068 to 0.922) 0.776 -0.130",
        "Pleural thickening * 2 8 1.000 - 1.000 0.653 +0.347",
        "Hernia * 0 10 - - - 0.804 -",
        "Hernia: no AUC (-), because no positives.",
        "Mean 0.823 0.476 to 0.960 0.706 +0.117",
        "Threshold: Youden&#39;s index Finding Threshold Sensitivity Specificity Precision TP, FN, FP, TN Effusion 0.700 50.0 % (6.8 to 93.2)",
        "Cardiomegaly 4 75.0 % (19.4 to 99.4) 6.3 % 12.0 0.0 %",
        "fewer than 20 images have a bounding box for Cardiomegaly (4)",
        "Cardiomegaly 0.19 | 0.17 | 0.06 0.5 | 3.5 | 2.0 75 (19-99) | 38 | 0",
        "epochs 3 batchSize 32",
        "The mean AUC here is 0.823; of the one published result on the same test images 0 are higher.",
        "Work Mean AUC Other data Pixels Network Source The original notebook 0.706 none 128",
        "They are split as the original notebook did, by image;",
        "chosen with the finding&#39;s bounding box known, so it is an upper bound",
        "not a medical device",
        "7 0.833 0.365 to 0.977 - -",
        "sex: M 3 0.875 - +0.042 -",
        "* Few images with or without the finding",
        "Grad-CAM++ fails its sanity check: with all weights random its maps still have a rank correlation of 0.900",
        "Grad-CAM++ 6 failed 0.400",
        "Grad-CAM 6 passed 0.175",
        "the last 1.00 | 1.00 1.00 | 1.00",
        "Of 10 test images as they are the mean AUC is 0.823",
        "With the lungs covered (45 % of the pixels) it is 0.823",
        "Corners 16 % 0.177",
        "Drains, lines, wires and pacemakers lie over the lungs",
        "Cardiomegaly, 1/4 and more 4 75.0 %",
      ]
    ) assert(text.includes(expected), expected);
  });
});

Deno.test("a report that can be compared with nothing shows no published result, and says why", async () => {
  await inFolder(async (file) => {
    const comparability = { testSet: null, reason: "Its images are phantoms." } as const;
    await writeAtomically(file, await reportHtml({ ...await fullReport(), comparability }));
    const text = textOf(await Deno.readTextFile(file));
    assert(
      text.includes(
        "Published results are of other images, so none is shown beside these. Its images are phantoms.",
      ),
    );
    for (const absent of ["The original notebook 0.706", "CheXNet", "Original Difference", "+0.117"]) {
      assert(!text.includes(absent), absent);
    }
  });
});

Deno.test("results of the NIH's test list stand beside a test on it, the best first, with what else they had", async () => {
  const html = await reportHtml({ ...await fullReport(), comparability: { testSet: "official" } });
  const official = PUBLISHED_RESULTS.filter(({ split }) => split === "official");
  const rows = official.toSorted((a, b) => b.meanAuc - a.meanAuc).map(({ name, year, meanAuc, otherData }) =>
    `${year === null ? name : `${name} ${year}`} ${meanAuc.toFixed(3)} ${otherData ?? "none"}`
  );
  const text = textOf(html);
  const places = rows.map((row) => text.indexOf(escapeHtml(row)));
  assert(places.every((place, i) => place > (places[i - 1] ?? 0)), String(places));
  const above = official.filter(({ meanAuc }) => meanAuc > (15.5 / 24 + 1) / 2).length;
  assert(
    text.includes(`of the ${official.length} published results on the same test images ${above} are higher.`),
  );
});

Deno.test("where it is not known whose images are whose, no number of patients is shown", async () => {
  const text = textOf(await reportHtml({ ...SHORT, hasPatients: false }));
  assert(text.includes("Test images 10 Test ROC"), text.slice(0, 400));
});

Deno.test("no text of a report is taken for HTML", async () => {
  await inFolder(async (file) => {
    await writeAtomically(file, await reportHtml(await fullReport()));
    const html = await Deno.readTextFile(file);
    assert(!html.includes(HARMFUL));
    assert(!html.includes("<script>globalThis.harmed"));
    assert(!html.includes("<img src=x"));
    assert.equal(html.match(/<\/script>/g)!.length, html.match(/<script[ >]/g)!.length);
  });
});

Deno.test("a report without a run has only what there is", async () => {
  await inFolder(async (file) => {
    await writeAtomically(file, await reportHtml(SHORT));
    const html = await Deno.readTextFile(file);
    const titles = [...html.matchAll(/<h2[^>]*>(.*?)<\/h2>/g)].map(([, title]) => title);
    assert.deepEqual(titles, [
      "Test",
      "ROC",
      "Precision and recall",
      "Calibration",
      "Decisions",
      "What this is not",
    ]);
    assert(html.length < 1_700_000);
  });
});

Deno.test({
  name: "in a browser without a network every figure of a report is drawn, and nothing is asked for",
  ignore: CHROMIUM === null,
  async fn() {
    await inFolder(async (file) => {
      await writeAtomically(file, await reportHtml(await fullReport()));
      const address = pathToFileURL(file).href;
      await using browser = await startChromium();
      for (const [width, colorScheme] of [[1100, "light"], [390, "dark"]] as const) {
        const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, offline: true });
        const faults: string[] = [];
        page.on("pageerror", (error) => faults.push(error.message));
        page.on("console", (message) => faults.push(message.text()));
        page.on("request", (request) => {
          if (request.url() !== address && !request.url().startsWith("data:")) faults.push(request.url());
        });
        await noteRefusals(page);
        await page.goto(address);
        await page.waitForSelector("html[data-figures]");
        assert.deepEqual(await page.evaluate("refused"), []);
        const marks = await page.$$eval(
          ".figure",
          (figures) =>
            figures.map((figure) =>
              figure.querySelectorAll("svg .trace path, svg .bars path, svg .points path").length
            ),
        );
        assert.equal(marks.length, 12);
        assert(marks.every((count) => count > 0), marks.join(" "));
        assert.equal(await page.evaluate("globalThis.harmed"), undefined);
        assert.equal(
          await page.evaluate("document.documentElement.scrollWidth"),
          width,
          "nothing sticks out",
        );
        const widths = await page.$$eval(
          "img",
          (images) => images.map((image) => Reflect.get(image, "naturalWidth")),
        );
        assert.deepEqual(widths, [64]);
        assert.deepEqual(faults, []);
        await page.close();
      }
    });
  },
});

Deno.test({
  name: "the page's own policy lets nothing through that is not its own, and the browser keeps to it",
  ignore: CHROMIUM === null,
  async fn() {
    await inFolder(async (file) => {
      await writeAtomically(file, await reportHtml(SHORT));
      const html = await Deno.readTextFile(file);
      const policy = html.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)![1]!;
      assert.doesNotMatch(policy, /unsafe|\*|https?:/);
      const foreign =
        `<script>globalThis.harmed = 1</script><p id="p" style="color: red">text</p><img src="http://127.0.0.1:9/x">`;
      await Deno.writeTextFile(file, html.replace("<main>", `<main>${foreign}`));
      await using browser = await startChromium();
      const page = await browser.newPage({ offline: true });
      await noteRefusals(page);
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector("html[data-figures]");
      assert.equal(await page.evaluate("globalThis.harmed"), undefined);
      assert.notEqual(await page.evaluate("getComputedStyle(p).color"), "rgb(255, 0, 0)");
      assert.match(String(await page.evaluate("refused")), /script-src-elem.*style-src-attr.*img-src/);
    });
  },
});

Deno.test({
  name: "a report has no serious fault for those who read it with a screen reader or by keyboard",
  ignore: CHROMIUM === null,
  async fn() {
    await inFolder(async (file) => {
      await writeAtomically(file, await reportHtml(await fullReport()));
      await using browser = await startChromium();
      const schemes = [["light", "{}"], ["dark", '{ runOnly: "color-contrast" }']] as const;
      for (const [colorScheme, options] of schemes) {
        const page = await browser.newPage({
          viewport: { width: 390, height: 900 },
          colorScheme,
          offline: true,
        });
        await page.goto(pathToFileURL(file).href);
        await page.waitForSelector("html[data-figures]");
        await page.evaluate("document.querySelectorAll('details').forEach((details) => details.open = true)");
        await page.evaluate(axe.source);
        const { violations, passes }: axe.AxeResults = await page.evaluate(`axe.run(${options})`);
        assert.deepEqual(
          violations.map(({ id, impact, nodes }) =>
            `${impact} ${id}: ${nodes.map(({ html }) => html).join(" ")}`
          ),
          [],
        );
        const passed = passes.map(({ id }) => id);
        const rules = ["color-contrast", "image-alt", "svg-img-alt", "scrollable-region-focusable"];
        for (const rule of options === "{}" ? rules : ["color-contrast"]) {
          assert.ok(passed.includes(rule), rule);
        }
        await page.close();
      }
    });
  },
});
