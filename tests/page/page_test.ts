import axe from "axe-core";
import assert from "node:assert/strict";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { gzipSync } from "fflate";
import { logit } from "../../lib/evaluation/logit.ts";
import { type Csv, readCsv } from "../../lib/support/csv.ts";
import { CHROMIUM, startChromium } from "../plots/_chromium.ts";
import { smallRun } from "../tasks/_small_run.ts";
import { manyImages } from "./_many_images.ts";
import { drop, keepScored, memoryOf, mostOff, scoredByLibrary, takeScored } from "./_scored.ts";
import { tryScreens, tryTable, tryViewer } from "./_viewer_gestures.ts";

const FIXTURES = resolve(import.meta.dirname!, "../fixtures/dataset");

/** How many images are dropped at once, and how many of them are compared with what `predict` and the library say. */
const [DROPPED, COMPARED] = [100, 50];

/** Bytes that an image may leave in a page's memory; its own pixels are 65,536. */
const MOST_KEPT = 40_000;

/** Images of each format, and how far scores may be off `predict`'s: JPEGs are decoded by the browser. */
const IMAGES = [
  ["png/grey_8.png", 1e-4],
  ["png/grey_16.png", 1e-4],
  ["png/palette_8.png", 1e-4],
  ["jpeg/colours.jpg", 0.05],
  ["jpeg/turned.jpg", 0.05],
  ["dicom/window.dcm", 1e-4],
  ["dicom/jpeg_2000.dcm", 1e-4],
  ["dicom/jpeg_ls.dcm", 1e-4],
  ["dicom/jpeg.dcm", 1e-4],
] as const;

/** A page that is open, and what went over the network since it was ready. */
interface OpenPage {
  page: Page;
  errors: string[];
  requests: string[];
  milliseconds: number;
}

async function openPage(browser: Browser, address: string): Promise<OpenPage> {
  const page = await browser.newPage({ acceptDownloads: true });
  const [errors, requests]: [string[], string[]] = [[], []];
  page.on("pageerror", ({ message }) => errors.push(message));
  await page.addInitScript(`addEventListener("securitypolicyviolation", ({ violatedDirective }) => {
    throw new Error("the policy refuses " + violatedDirective);
  });`);
  const start = performance.now();
  await page.goto(address);
  await page.locator("[data-ready]").waitFor({ timeout: 120_000 });
  const milliseconds = performance.now() - start;
  page.on("request", (request) => requests.push(request.url()));
  return { page, errors, requests, milliseconds };
}

/** Gives the page files, and waits until all are scored or refused. */
async function give(page: Page, files: readonly string[]): Promise<void> {
  const before = await page.locator(".strip li, .failures li").count();
  await page.locator("#files").setInputFiles([...files]);
  await page.locator(".strip li, .failures li").nth(before + files.length - 1).waitFor({ timeout: 120_000 });
}

/** The table that the page saves. */
async function savedTable(page: Page, file: string): Promise<Csv> {
  await page.getByRole("tab", { name: "All images" }).click();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  await (await saved).saveAs(file);
  return await readCsv(file);
}

/** Compares the rows of the page's table that `predict` has with `predict`'s, cell by cell. */
function compareTables(found: Csv, expected: Csv): void {
  assert.deepEqual(found.header, expected.header);
  for (const wanted of expected.rows) {
    const name = basename(wanted[0]!);
    const row = found.rows.find(([path]) => basename(path!) === name)!;
    const limit = IMAGES.find(([path]) => basename(path) === name)?.[1] ?? 1e-4;
    found.header.forEach((column, i) => {
      const where = `${column} of ${name}: ${row[i]}, expected ${wanted[i]}`;
      const [a, b] = [Number(row[i]), Number(wanted[i])];
      if (i === 0) return;
      if (column.endsWith("_score")) assert(Math.abs(logit(a) - logit(b)) <= limit, where);
      else if (column === "distance") assert(Math.abs(a - b) <= Math.max(limit, 0.02), where);
      else if (column.endsWith("_percentile")) assert(Math.abs(a - b) <= 0.06, where);
      else if (/_(probability|threshold)$/.test(column)) assert(Math.abs(a - b) <= limit, where);
      else if (limit === 1e-4 || !/_above$|^warnings$/.test(column)) assert.equal(row[i], wanted[i], where);
    });
  }
}

Deno.test({
  name: "the page of a run says in a browser what predict says, from a server and from the disk",
  ignore: CHROMIUM === null,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (test) => {
    await using project = await smallRun({ phantom: true, count: 500 });
    const { dir: run, path } = project;
    const browser = await startChromium();
    const images = IMAGES.map(([name]) => join(FIXTURES, name));
    const build = (...args: string[]) => project.run("page", ["--run", run, ...args]);
    try {
      await test.step("one file from the disk: scores, tables and maps, by WebAssembly and by WebGL", async () => {
        const built = await build("--out", "one", "--single-file", "--no-serve", "--weights", "float32");
        assert.equal(built.code, 0, built.stderr);
        assert.deepEqual([...Deno.readDirSync(join(path, "one"))].map(({ name }) => name), ["index.html"]);
        const folder = join(path, "many");
        const many = await manyImages(folder, DROPPED);
        await Deno.writeTextFile(join(folder, "broken.png"), "no image");
        const compared = [...images, ...many.slice(0, COMPARED)];
        const predicted = await project.run("predict", ["--run", run, "--out", "expected.csv", ...compared]);
        assert.equal(predicted.code, 0, predicted.stderr);
        const expected = await readCsv(join(path, "expected.csv"));
        await Deno.writeTextFile(join(path, "broken.png"), "no image");
        const cut = (await Deno.readFile(images[3]!)).subarray(0, 300);
        await Deno.writeFile(join(path, "cut.jpg"), cut);
        const library = await scoredByLibrary(run, compared);
        const isJpeg = ({ name }: { name: string }) => name.endsWith(".jpg");
        for (const backend of ["wasm", "webgl"] as const) {
          const address = `${pathToFileURL(join(path, "one", "index.html"))}?backend=${backend}`;
          const { page, errors, requests, milliseconds } = await openPage(browser, address);
          const session = await page.context().newCDPSession(page);
          const root = page.locator(".app");
          assert.equal(await root.getAttribute("data-ready"), backend);
          assert(Number(await root.getAttribute("data-logits-off")) < 1e-4);
          assert(Number(await root.getAttribute("data-map-off")) < 1e-3);
          console.log(`${backend}: ready after ${milliseconds.toFixed(0)} ms`);
          await keepScored(page);
          const broken = ["broken.png", "cut.jpg"].map((name) => join(path, name));
          await give(page, [images[0]!, ...broken, ...images.slice(1)]);
          const found = await takeScored(page, images.length);

          // WebGL without a graphics card takes long: it is given fewer.
          const stops = backend === "wasm" ? [20, 60, DROPPED] : [20, COMPARED];
          await drop(session, backend === "wasm" ? [folder] : many.slice(0, COMPARED));
          const memory: { images: number; bytes: number }[] = [];
          for (const stop of stops) {
            found.push(...await takeScored(page, images.length + stop - found.length));
            memory.push({ images: found.length, bytes: await memoryOf(session) });
          }
          const [first, last] = [memory[0]!, memory.at(-1)!];
          const kept = (last.bytes - first.bytes) / (last.images - first.images);
          assert(kept < MOST_KEPT, `an image leaves ${kept.toFixed(0)} bytes: ${JSON.stringify(memory)}`);
          assert.equal(new Set(found.map(({ tensors }) => tensors)).size, 1, "tensors are freed");

          const exact = mostOff(found, library.filter((one) => !isJpeg(one)));
          assert.equal(exact.pixels, 0, "PNG and DICOM have the pixels of the image cache");
          assert(exact.logits < 1e-4 && exact.maps < 1e-3, JSON.stringify(exact));
          assert(mostOff(found, library.filter(isJpeg)).pixels <= 1);
          console.log(
            `${backend}: off by ${JSON.stringify(exact)}; an image leaves ${kept.toFixed(0)} bytes`,
          );
          compareTables(await savedTable(page, join(path, `${backend}.csv`)), expected);
          assert.deepEqual(await page.locator(".failures li").allTextContents(), [
            "broken.png: not a PNG, JPEG or DICOM file",
            "cut.jpg: damaged or cut short",
            ...(backend === "wasm" ? ["many/broken.png: not a PNG, JPEG or DICOM file"] : []),
          ]);
          assert.deepEqual(requests.filter((url) => !url.startsWith("blob:")), []);
          assert.deepEqual(errors, []);
          await page.close();
        }
      });

      await test.step("served to this machine: four files, nothing after them, and no barrier", async () => {
        const server = await project.start("page", ["--run", run, "--out", "page", "--port", "0"]);
        const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
        let said = "";
        while (!said.includes("Open http")) {
          const { value, done } = await reader.read();
          if (done) break;
          said += value;
        }
        const address = said.match(/Open (http:\/\/127\.0\.0\.1:\d+\/)/)?.[1];
        assert(address !== undefined, said);
        assert.match(said, /16 bits: logits of the examples change by 0\.\d+ at most/);
        const sent = await Promise.all(
          ["", "style.css", "data.js", "app.js"].map(async (name) =>
            new Uint8Array(await (await fetch(address + name)).arrayBuffer())
          ),
        );
        assert(sent.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0) < 2e6);
        assert.equal((await fetch(`${address}config.json`)).status, 404);
        const { page, errors, requests } = await openPage(browser, address);
        await page.getByRole("button", { name: /^Phantom with/ }).first().click();
        await page.locator('.canvas[aria-label*="heat map"]').waitFor();
        await tryViewer(page);
        await give(page, images.slice(0, 2));
        await tryTable(page);
        await tryScreens(page);
        const before = await page.locator(".canvas").getAttribute("aria-label");
        await page.locator(".finding").nth(3).click();
        const after = await page.locator(".canvas").getAttribute("aria-label");
        assert.match(String(before), /heat map of .* by Grad-CAM$/);
        assert.notEqual(after, before);
        await page.locator("tr:has(.bar) .finding").first().click();
        await page.locator(".decision summary").click();
        const worth = page.locator(".decision .values");
        assert.match(
          String(await worth.textContent()),
          /^Prevalence [\d.]+ %, as among the validation images: /,
        );
        const drawn = await page.locator(".decision .curve").getAttribute("points");
        await page.locator("#prevalence").fill("10");
        assert.match(String(await worth.textContent()), /^Prevalence 1 %: /);
        assert.notEqual(await page.locator(".decision .curve").getAttribute("points"), drawn);
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate("axe.run()") as {
          violations: { id: string; nodes: { html: string }[] }[];
        };
        assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0]!.html]), []);
        assert.deepEqual([errors, requests.filter((url) => !url.startsWith("blob:"))], [[], []]);
        await page.close();
        server.kill("SIGINT");
        reader.releaseLock();
        const { code } = await server.status;
        assert.equal(code, 0);
      });

      await test.step("what cannot be is one line", async () => {
        for (
          const [args, line] of [
            [["--out", "x", "--example", "none.png", "--no-serve"], /^error: .*none\.png/],
            [
              ["--out", "x", "--example", images[5]!, "--no-serve"],
              /^error: .*window\.dcm: a DICOM file may say who/,
            ],
            [["--out", "x", "--port", "80000"], /^error: .*from 0 to 65535/],
          ] as [string[], RegExp][]
        ) {
          const { code, stderr } = await build(...args);
          assert.equal(code, 1, stderr);
          assert.match(stderr.trim().split("\n").at(-1)!, line);
        }
      });
    } finally {
      await browser.close();
    }
  },
});
