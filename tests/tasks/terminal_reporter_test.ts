import assert from "node:assert/strict";
import { createModel } from "../../lib/model/model.ts";
import { networkOf } from "../../lib/training/network_of.ts";
import { checkSettings } from "../../lib/training/settings.ts";
import { NIH_FINDINGS } from "../../lib/dataset/nih_findings.ts";
import type { Run } from "../../lib/runs/run.ts";
import { terminalReporter } from "../../lib/tasks/_terminal_reporter.ts";
import { HISTORY } from "../plots/_figures.ts";

Deno.test("what is said of a run that is stopped is what is left of it, and what its settings do not do", () => {
  const given = { network: "resnet11v2", imageSize: 32, epochs: 12, syncBatchNorm: true };
  const settings = checkSettings(given, "test");
  const model = createModel(networkOf(settings, NIH_FINDINGS), settings);
  const history: unknown[] = [];
  const run = {
    folder: { dir: "/somewhere/run" },
    settings,
    history,
    model,
    data: { split: { training: [], validation: [], test: [] }, notes: [] },
    memory: { about: 1e9 },
    weightNotes: [],
  } as unknown as Run;
  const goOn = "Go on with: deno task train --run /somewhere/run --resume";
  const said = console.error;
  let opened = "";
  console.error = (line) => opened += `${line}\n`;
  try {
    using reporter = terminalReporter();
    assert.equal(reporter.standing(), "Stopped before the run began; images that were decoded are kept");
    reporter.onOpened!(run);
    assert.match(opened, /^warning: syncBatchNorm changes nothing with one worker, /m);
    assert.equal(reporter.standing(), `Stopped in the first epoch, of which nothing is kept. ${goOn}`);
    history.push(HISTORY[0]);
    assert.equal(reporter.standing(), `Stopped after epoch 1 of 12. ${goOn}`);
    reporter.onTrained!(run);
    assert.equal(reporter.standing(), `Stopped before the report was written. ${goOn}`);
  } finally {
    console.error = said;
    model.dispose();
  }
});
