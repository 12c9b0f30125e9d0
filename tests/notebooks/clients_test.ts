import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inflateSync } from "node:zlib";
import { readNotebook, textOf } from "../../lib/notebook/notebook_file.ts";
import { PROJECT } from "../../lib/support/project.ts";
import { JUPYTER_VARIABLES, prepareJupyter } from "../../lib/tasks/_jupyter.ts";
import { temporaryFolder } from "../_folders.ts";
import { CHROMIUM, startChromium } from "../plots/_chromium.ts";

const VENV = join(PROJECT, ".venv");
const NOTEBOOK = join(PROJECT, "tests", "fixtures", "notebooks", "clients.ipynb");
const LIB = join(PROJECT, "lib", "notebook");

Deno.test("other programs run, convert and compare notebooks on this kernel", async (t) => {
  await prepareJupyter(VENV);
  await using folder = await temporaryFolder();
  const run = async (program: string, args: readonly string[], input = "") => {
    const child = new Deno.Command(join(VENV, "bin", program), {
      args: [...args],
      cwd: folder.path,
      env: {
        ...JUPYTER_VARIABLES,
        JUPYTER_PATH: join(VENV, "share", "jupyter"),
        JUPYTER_RUNTIME_DIR: folder.path,
        IPYTHONDIR: folder.path,
        HOME: folder.path,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.ok(code === 0, `${program} ended with ${code}:\n${out}\n${err}`);
    return `${out}${err}`;
  };
  const executed = join(folder.path, "executed.ipynb");
  const product = async (file: string) =>
    (await readNotebook(file)).cells.at(-1)!.outputs!.map(({ data }) =>
      textOf(data!["text/plain"] as string)
    );

  await t.step("jupyter execute, which is nbclient", async () => {
    await run("jupyter-execute", [`--output=${executed}`, NOTEBOOK]);
    assert.deepEqual(await product(executed), ["42"]);
  });

  const other = join(folder.path, "other.ipynb");
  await t.step("papermill, with a parameter", async () => {
    const args = [join(LIB, "papermill_typescript.py"), NOTEBOOK, other, "-p", "count", "3"];
    await run("python", args);
    assert.deepEqual(await product(other), ["63"]);
  });

  await t.step("jupyter console", async () => {
    const shown = await run("jupyter-console", ["--kernel", "deno", "--simple-prompt"], "6 * 7\nquit\n");
    assert.match(shown, /Out\[1\]: 42/);
  });

  await t.step("jupytext, there and back", async () => {
    const script = join(folder.path, "executed.ts");
    const back = join(folder.path, "back.ipynb");
    await run("jupytext", ["--to", "ts:percent", "--output", script, executed]);
    await run("jupytext", ["--to", "ipynb", "--output", back, script]);
    const sources = async (file: string) =>
      (await readNotebook(file)).cells.map(({ source }) => textOf(source));
    assert.deepEqual(await sources(back), await sources(executed));
  });

  await t.step("nbdime tells which output of two runs differs", async () => {
    const difference = await run("nbdiff", ["--no-color", "--no-git", "-M", executed, other]);
    assert.match(difference, /-[ ]{2}42\n\+[ ]{2}63\n/);
  });

  await t.step({
    name: "nbconvert's pages have live figures and ask the network for nothing",
    ignore: CHROMIUM === null,
    fn: async () => {
      const config = ["--config", join(LIB, "nbconvert_config.py")];
      await run("jupyter-nbconvert", [...config, "--to", "html", executed]);
      await using browser = await startChromium();
      const page = await browser.newPage();
      const asked: string[] = [];
      page.on("request", (request) => void asked.push(request.url()));
      const url = pathToFileURL(join(folder.path, "executed.html")).href;
      await page.goto(url);
      await page.locator(".js-plotly-plot .barlayer path").first().waitFor();
      await page.locator(".js-plotly-plot .modebar").first().waitFor({ state: "attached" });
      assert.deepEqual(asked.filter((address) => !/^(data|blob):/.test(address)), [url]);
      await run("jupyter-nbconvert", [...config, "--to", "slides", executed]);
      const slides = await Deno.readTextFile(join(folder.path, "executed.slides.html"));
      assert.match(slides, /<section/);
      assert.match(slides, /Plotly\.newPlot\("thorax-figure-0"/);
    },
  });

  await t.step({
    name: "nbconvert prints notebooks with their figures as pictures, by the Chromium of this machine",
    ignore: CHROMIUM === null,
    fn: async () => {
      await run("jupyter-nbconvert", [
        ...["--config", join(LIB, "nbconvert_config.py")],
        ...["--to", "webpdf", executed],
      ]);
      const drawn = drawingIn(await Deno.readFile(join(folder.path, "executed.pdf")));
      // The bar of the figure, in Plotly's first colour; a page that ends before it has none.
      assert.match(drawn, /\.1216 \.4667 \.7059 rg/);
    },
  });
});

/** What a PDF file draws: the operators of all its pages, as they are written in the format. */
function drawingIn(file: Uint8Array): string {
  const text = new TextDecoder("latin1").decode(file);
  const drawn: string[] = [];
  for (const { index, 0: { length } } of text.matchAll(/stream\r?\n/g)) {
    const start = index + length;
    if (text.slice(index - 3, index) === "end") continue;
    try {
      drawn.push(new TextDecoder("latin1").decode(inflateSync(file.subarray(start))));
    } catch {
      // Fonts and the like are packed otherwise.
    }
  }
  return drawn.join("\n");
}
