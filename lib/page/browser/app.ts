/// <reference lib="dom" />
import { byExcess } from "../../evaluation/finding_scale.ts";
import { fromBase64 } from "../base64.ts";
import type { PageData, PageExample } from "../page_data.ts";
import { acceptDrops } from "./accept_drops.ts";
import type { Engine } from "./choose_engine.ts";
import { makeDecisionPanel } from "./decision_panel.ts";
import { breathe, button, element } from "./dom.ts";
import type { GivenFile } from "./dropped_files.ts";
import { makeFileInputs } from "./file_inputs.ts";
import { makeFindingsPanel } from "./findings_panel.ts";
import { markdown } from "./markdown.ts";
import { type Case, judgementsOf, readCase } from "./read_case.ts";
import { readImage } from "./read_image.ts";
import { keysHelp, runWarnings, weightsNote } from "./page_texts.ts";
import { makeResultsTable } from "./results_table.ts";
import { likenessFrom, scaleFrom } from "./scales.ts";
import { MAP_METHODS, type MapMethod } from "./scorer.ts";
import { mapOf } from "./self_test.ts";
import { makeStartScreen } from "./start_screen.ts";
import { makeStrip } from "./strip.ts";
import { makeTabs } from "./tabs.ts";
import { tellEngine } from "./tell_engine.ts";
import { makeThresholdPanel } from "./threshold_panel.ts";
import { validationTable } from "./validation_table.ts";
import { makeViewer } from "./viewer.ts";
import { countOf, findingTitle, likelihood } from "./words.ts";

/** What is shown: an image with its boxes, and the finding whose heat map lies over it. */
interface Showing {
  one: Case | null;
  finding: string | null;
  method: MapMethod;
}

/** An image that waits to be read. */
interface Waiting {
  name: string;
  file: Blob;
  boxes: PageExample["boxes"];
}

const METHOD_TITLES: Record<MapMethod, string> = { "grad-cam": "Grad-CAM", "grad-cam++": "Grad-CAM++" };

/**
 * The page's program: what it shows, and what it does when something is dropped, clicked or typed. Programs that drive it
 * hear of each image by the event `scored`, whose detail is the {@linkcode Case} and the number of `tensors` in memory.
 */
export function runApp(data: PageData, engine: Promise<Engine>): HTMLElement {
  const scales = data.scales.map(scaleFrom);
  const likeness = data.likeness && likenessFrom(data.likeness);
  const square = { size: data.network.imageSize, preparation: data.preparation };
  const cases: Case[] = [];
  const boxes = new Map<Case, PageExample["boxes"]>();
  const queue: Waiting[] = [];
  const showing: Showing = { one: null, finding: null, method: "grad-cam" };
  let isReading = false;
  let heated = "";

  const viewer = makeViewer();
  const findings = makeFindingsPanel(scales, { onChoose: chooseFinding });
  const decision = makeDecisionPanel(scales, { stored: data.scales });
  const threshold = makeThresholdPanel(scales, { stored: data.scales, onChange: refresh });
  const results = makeResultsTable(scales, { onShow: show });
  const strip = makeStrip({ onShow: show });
  const warnings = element("ul", { className: "warnings" });
  const failures = element("ul", { className: "failures", "aria-label": "Files that could not be read" });
  const said = element("p", { className: "spoken", role: "status" });
  const progress = element("p", { className: "progress" });
  const status = element("p", { className: "backend" }, "Starting the network …");
  const name = element("h2", { className: "image-name" });
  const heading = element("p", { className: "soft" });
  const methods = element(
    "span",
    { className: "group", role: "group", "aria-label": "Heat map" },
    ...Object.keys(MAP_METHODS).map((method) =>
      button(METHOD_TITLES[method as MapMethod], () => {
        showing.method = method as MapMethod;
        refresh();
      })
    ),
  );
  methods.hidden = true;

  const about = validationTable(data.scales);
  const looked = element(
    "div",
    {},
    name,
    heading,
    warnings,
    findings.element,
    methods,
    threshold.element,
    decision.element,
  );
  const add = element(
    "span",
    { className: "add" },
    element("label", { className: "as-button", for: "files" }, "Add files"),
    element("label", { className: "as-button", for: "folder" }, "Add a folder"),
  );
  looked.hidden = true;
  add.hidden = true;

  function judged(one: Case) {
    return judgementsOf(one, scales);
  }

  function captionOf(one: Case): { text: string; isAbove: boolean } {
    const [first] = byExcess(judged(one));
    if (!first!.isAbove) return { text: "nothing above", isAbove: false };
    return { text: `${findingTitle(first!.finding)} ${likelihood(first!)}`, isAbove: true };
  }

  /** Shows an image; its heat map is that of the finding furthest above its threshold, until another is chosen. */
  async function show(one: Case): Promise<void> {
    showing.one = one;
    showing.finding = byExcess(judged(one))[0]!.finding;
    const bytes = new Uint8Array(await one.file.arrayBuffer());
    const { image } = await readImage(bytes, one.name);
    if (showing.one !== one) return;
    heated = "";
    viewer.show(image, { label: one.name, boxes: boxes.get(one) ?? [] });
    start.hidden = about.hidden = true;
    looked.hidden = add.hidden = false;
    refresh();
  }

  function chooseFinding(finding: string): void {
    showing.finding = finding;
    refresh();
  }

  /** Brings everything on the page up to date with what is shown and with the thresholds. */
  function refresh(): void {
    const { one, finding, method } = showing;
    strip.refresh(one, captionOf);
    results.refresh(cases);
    progress.textContent = queue.length === 0 ? "" : `${countOf(queue.length)} to go`;
    if (one === null || finding === null) return;
    const judgements = judged(one);
    findings.show(judgements, finding);
    const label = scales.findIndex((scale) => scale.finding === finding);
    const above = cases.filter((each) => judged(each)[label]!.isAbove);
    threshold.show(finding, { count: above.length, of: cases.length });
    decision.show(finding);
    const { source, milliseconds: { reading, scoring } } = one;
    name.textContent = one.name;
    heading.textContent = `${source.kind.toUpperCase()}, ${source.width} × ${source.height}; ` +
      `read in ${reading.toFixed(0)} ms, scored in ${scoring.toFixed(0)} ms`;
    warnings.replaceChildren(...one.warnings.map((warning) => element("li", {}, warning)));
    void showHeat(one, label, method);
  }

  async function showHeat(one: Case, label: number, method: MapMethod): Promise<void> {
    const { hasMaps } = await engine;
    methods.hidden = !hasMaps;
    [...methods.children].forEach((child, i) =>
      child.setAttribute("aria-pressed", String(Object.keys(MAP_METHODS)[i] === method))
    );
    if (!hasMaps) return viewer.showHeat(null, "");
    // Each image that comes brings all up to date, and most leave what is shown as it was.
    const heat = `${cases.indexOf(one)} ${label} ${method}`;
    if (heat === heated) return;
    heated = heat;
    const map = mapOf(one.scores, method, label);
    viewer.showHeat(map, `heat map of ${findingTitle(scales[label]!.finding)} by ${METHOD_TITLES[method]}`);
  }

  /** Says that a file or folder cannot be read. */
  function fail(line: string): void {
    failures.append(element("li", {}, line));
    said.textContent = line;
  }

  function takeGiven(given: readonly GivenFile[]): void {
    void take(given.map((each) => ({ ...each, boxes: [] })));
  }

  /** Reads images one after the other, and lets the browser draw in between. */
  async function take(given: readonly Waiting[]): Promise<void> {
    queue.push(...given);
    refresh();
    if (isReading) return;
    isReading = true;
    const { scorer } = await engine;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        await takeOne(next);
        await breathe();
      }
    } finally {
      isReading = false;
    }

    async function takeOne({ name, file, boxes: found }: Waiting): Promise<void> {
      let one: Case;
      try {
        one = await readCase(file, name, { scorer, square, likeness });
      } catch (error) {
        return fail((error as Error).message);
      }
      cases.push(one);
      page.dispatchEvent(new CustomEvent("scored", { detail: { ...one, tensors: scorer.tensors() } }));
      boxes.set(one, found);
      strip.add(one);
      const above = judged(one).filter(({ isAbove }) => isAbove).length;
      said.textContent = `${name}: ${countOf(above, "finding")} at the threshold or above it`;
      if (showing.one === null) await show(one);
      else refresh();
    }
  }

  const start = makeStartScreen(data.examples, { onExample: (example) => void take([waitingOf(example)]) });

  const page = element(
    "div",
    { className: "app" },
    element(
      "header",
      {},
      element("h1", {}, "Thorax ", element("small", {}, `${data.run} · ${data.network.name}`)),
      element("p", { className: "not-medical" }, "Not a medical device"),
      status,
    ),
    element(
      "main",
      {},
      ...makeFileInputs({ onGiven: takeGiven }),
      ...runWarnings(data),
      element(
        "div",
        { className: "panes" },
        element(
          "div",
          { className: "left" },
          element("div", { className: "stage" }, viewer.element, start),
          element("div", { className: "row" }, strip.element, add, progress),
          failures,
        ),
        makeTabs([
          ["Findings", element("div", {}, about, looked)],
          ["All images", results.element],
          ["Model card", element("div", {}, markdown(data.modelCard), weightsNote(data))],
          ["Keys", keysHelp()],
        ]),
      ),
      said,
    ),
    element(
      "footer",
      {},
      element(
        "p",
        {},
        "For learning and research. Do not use what it says about an image to decide anything about a person. " +
          "A heat map shows where the network looked, which need not be where a finding is.",
      ),
    ),
  );

  acceptDrops(page, {
    onDropped({ given, failures }) {
      failures.forEach(fail);
      takeGiven(given);
    },
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") step(event.key === "ArrowRight" ? 1 : -1);
    else if (event.key === "m") {
      showing.method = showing.method === "grad-cam" ? "grad-cam++" : "grad-cam";
      refresh();
    } else if (!viewer.onKey(event.key)) return;
    event.preventDefault();
  });

  /** Shows the image that comes so many later. */
  function step(by: number): void {
    const next = cases[(showing.one === null ? -1 : cases.indexOf(showing.one)) + by];
    if (next !== undefined) void show(next);
  }

  tellEngine(engine, { status, page });
  return page;
}

function waitingOf({ name, bytes, boxes }: PageExample): Waiting {
  return { name, file: new Blob([fromBase64(bytes)]), boxes };
}
