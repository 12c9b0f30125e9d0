import { join } from "node:path";
import type { Page } from "playwright-core";
import type { Notebook } from "../../lib/notebook/notebook_file.ts";
import { startChromium } from "../plots/_chromium.ts";
import { PROJECT } from "../../lib/support/project.ts";

/** Where pictures of what was seen are kept. */
const SCREENSHOTS = join(PROJECT, ".artefacts", "screenshots");

/** JupyterLab's settings in the tests: every cell is drawn at once, and nothing is saved. */
const SETTINGS = {
  "notebook-extension/tracker": { windowingMode: "none" },
  "docmanager-extension/plugin": { autosave: false },
};

/** A running `deno task lab`, and a browser to look at it with. */
export interface JupyterLab extends AsyncDisposable {
  /** Opens a notebook, named by its path in the project, in a new tab. */
  open(notebook: string): Promise<OpenNotebook>;
}

/** Starts `deno task lab` with an empty home folder, and Chromium. */
export async function startJupyterLab({ theme = "JupyterLab Light" } = {}): Promise<JupyterLab> {
  const home = await Deno.makeTempDir({ prefix: "lab-" });
  await writeSettings(join(home, "settings"), { ...SETTINGS, "apputils-extension/themes": { theme } });
  await exposeModel(home);
  const lab = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "lab", "--no-browser", "--port", "18888"],
    cwd: PROJECT,
    env: { HOME: home, DENO_DIR: await denoDir(), JUPYTERLAB_SETTINGS_DIR: join(home, "settings") },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const messages = lab.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const address = await addressIn(messages);
  const drained = drain(messages);
  const browser = await startChromium();
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 } });
  const strangers: string[] = [];
  context.on("request", (request) => {
    // What a kernel serves on this machine, such as the page of a run, is no stranger.
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== address.hostname) strangers.push(request.url());
  });
  return {
    async open(notebook) {
      const page = await context.newPage();
      page.setDefaultTimeout(120_000);
      const url = new URL(address);
      url.pathname = `/lab/tree/${notebook}`;
      url.searchParams.set("reset", "");
      await page.goto(url.href);
      return await openNotebook(page);
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      lab.kill("SIGTERM");
      await lab.status;
      await drained;
      await Deno.remove(home, { recursive: true });
      if (strangers.length > 0) throw new Error(`The pages asked the network for ${strangers.join(", ")}`);
    },
  };
}

async function writeSettings(folder: string, settings: Record<string, unknown>): Promise<void> {
  for (const [name, values] of Object.entries(settings)) {
    const file = join(folder, "@jupyterlab", `${name}.jupyterlab-settings`);
    await Deno.mkdir(join(file, ".."), { recursive: true });
    await Deno.writeTextFile(file, JSON.stringify(values));
  }
}

/** Has JupyterLab hand a page its application, by which a test reads what a notebook shows. */
async function exposeModel(home: string): Promise<void> {
  const file = join(home, ".jupyter", "jupyter_lab_config.json");
  await Deno.mkdir(join(file, ".."), { recursive: true });
  await Deno.writeTextFile(file, JSON.stringify({ LabApp: { expose_app_in_browser: true } }));
}

/** Where Deno keeps what it has downloaded, which an empty home folder would hide. */
async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

async function addressIn(messages: ReadableStreamDefaultReader<string>): Promise<URL> {
  let text = "";
  while (true) {
    const { value, done } = await messages.read();
    if (done) throw new Error(`JupyterLab did not start:\n${text}`);
    text += value;
    const address = text.match(/http:\/\/127\.0\.0\.1:\d+\/\S*token=\w+/)?.[0];
    if (address !== undefined) return new URL(address);
  }
}

async function drain(messages: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await messages.read()).done);
}

/** A notebook in the browser. */
export interface OpenNotebook extends AsyncDisposable {
  /** The tab. */
  page: Page;
  /** Clears what is stored, then clicks "Restart the kernel and run all cells". */
  runAll(): Promise<void>;
  /** Clicks "Interrupt the kernel". */
  interrupt(): Promise<void>;
  /** Waits until the last code cell has run or a cell has failed, and its outputs are drawn. */
  finished(seconds: number): Promise<void>;
  /** The notebook as it would be saved now. */
  read(): Promise<Notebook>;
  /** Whether JupyterLab marks the notebook as changed since it was stored. */
  isChanged(): Promise<boolean>;
  /** The errors and warnings that cells show. */
  errors(): Promise<string[]>;
  /** The results that stand below another cell than their own, by number. */
  strays(): Promise<string[]>;
  /** How many marks (lines, bars, points, pictures) each Plotly figure has, in their order. */
  marks(): Promise<number[]>;
  /** Keeps pictures of the notebook, from top to bottom, as `NAME-1.png`, `NAME-2.png` ... */
  screenshots(name: string): Promise<void>;
}

async function openNotebook(page: Page): Promise<OpenNotebook> {
  await page.locator(".jp-Notebook .jp-Cell").first().waitFor();
  // Cells that are run while the kernel starts are forgotten; the indicator beside its name says "idle" too soon.
  await page.getByText("Deno | Idle").waitFor();
  const errors = page.locator('.jp-Notebook [data-mime-type="application/vnd.jupyter.stderr"]');
  const prompts = page.locator(".jp-CodeCell .jp-InputPrompt");
  const figures = page.locator(".jp-RenderedPlotly");
  return {
    page,
    async runAll() {
      await page.locator(".lm-MenuBar-item", { hasText: "Edit" }).click();
      await page.locator(".lm-Menu-item", { hasText: "Clear Outputs of All Cells" }).click();
      await page.locator('[data-command="notebook:restart-run-all"]').click();
      await page.locator(".jp-Dialog .jp-mod-accept").click();
    },
    interrupt: () => page.locator('[data-command="notebook:interrupt-kernel"]').click(),
    async finished(seconds) {
      const done = prompts.last().filter({ hasText: /\[\d+\]/ });
      await done.or(errors.first()).first().waitFor({ timeout: 1000 * seconds });
      await page.waitForTimeout(2000);
    },
    read: () =>
      page.evaluate(() => {
        const { jupyterapp } = globalThis as unknown as {
          jupyterapp: { shell: { currentWidget: { content: { model: { toJSON(): Notebook } } } } };
        };
        return jupyterapp.shell.currentWidget.content.model.toJSON();
      }),
    isChanged: async () => await page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty").count() > 0,
    errors: () => errors.allTextContents(),
    strays: () =>
      page.locator(".jp-CodeCell").evaluateAll((cells) =>
        cells.flatMap((cell) => {
          const number = cell.querySelector(".jp-InputPrompt")!.textContent;
          const results: { textContent: string }[] = [...cell.querySelectorAll(".jp-OutputPrompt")];
          return results.map(({ textContent }) => textContent).filter((text) =>
            text !== "" && text !== number
          )
            .map((text) => `${text} in ${number}`);
        })
      ),
    marks: () =>
      figures.evaluateAll((nodes) =>
        nodes.map((node) => node.querySelectorAll(".main-svg .mlayer :is(path, image)").length)
      ),
    async screenshots(name) {
      await Deno.mkdir(SCREENSHOTS, { recursive: true });
      const panel = page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer");
      const { height, total } = await panel.evaluate((node) => ({
        height: node.clientHeight,
        total: node.scrollHeight,
      }));
      for (let top = 0, count = 1; top < total; top += height, count++) {
        await panel.evaluate((node, top) => node.scrollTo(0, top), top);
        await page.waitForTimeout(300);
        await panel.screenshot({ path: join(SCREENSHOTS, `${name}-${count}.png`) });
      }
    },
    async [Symbol.asyncDispose]() {
      await page.close();
    },
  };
}
