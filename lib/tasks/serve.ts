import { InputError } from "../support/input_error.ts";
import { defineTask, integerOption, pathOption, runTask, warn } from "./_command.ts";
import { interruptible } from "./_interrupt.ts";
import { operatingRule, thresholdOption, type ThresholdRule } from "./_threshold_option.ts";

interface ServeFlags {
  run: string;
  threshold: ThresholdRule;
  host: string;
  port: number;
  token?: string;
  maxMegabytes: number;
  timeout: number;
  atOnce: number;
  perClient: number;
}

/** The hosts that only this machine reaches. */
const LOCAL = ["127.0.0.1", "localhost", "::1"];

/** With fewer characters a token can be guessed. */
const SHORTEST_TOKEN = 16;

const serve = defineTask("serve", {
  description:
    "Answers over HTTP what a trained run sees in images, on this machine alone: POST /predict takes a PNG, JPEG or " +
    "DICOM file and answers in JSON what predict writes, or with a heat map where image/png is accepted; POST /explain " +
    "draws one; GET /openapi.json describes all of it. Images are kept nowhere. Not for medical use.",
  examples: [
    ["deno task serve --run data/runs/phantom-1", "answers on http://127.0.0.1:8000/ until Ctrl-C"],
    [
      "curl --data-binary @chest.dcm http://127.0.0.1:8000/predict",
      "every finding of an image, from another terminal",
    ],
    [
      "curl --data-binary @chest.png -o map.png 'http://127.0.0.1:8000/explain?finding=Effusion'",
      "where the network looked",
    ],
    [
      "THORAX_TOKEN=... deno task serve --run data/runs/phantom-1 --host 0.0.0.0",
      "to other machines too, which have to send Authorization: Bearer and the token; without encryption",
    ],
  ],
})
  .addOption(
    pathOption("--run <dir>", { description: "a run that has ended", exists: "folder" })
      .makeOptionMandatory(),
  )
  .addOption(thresholdOption())
  .option(
    "--host <address>",
    "the address that is listened on; any but this machine's own needs a token",
    LOCAL[0],
  )
  .addOption(integerOption("--port <n>", {
    description: "the port that is listened on; 0 for any that is free",
    minimum: 0,
    maximum: 65535,
    default: 8000,
  }))
  .option(
    "--token <token>",
    `what requests have to bring, ${SHORTEST_TOKEN} characters at least (or THORAX_TOKEN, which ps does not show)`,
  )
  .addOption(integerOption("--max-megabytes <n>", {
    description: "the largest image, in MB (10^6 bytes)",
    minimum: 1,
    maximum: 1000,
    default: 50,
  }))
  .addOption(integerOption("--timeout <seconds>", {
    description: "in how many seconds a request has to come; as many more are left to answer it",
    minimum: 1,
    maximum: 3600,
    default: 30,
  }))
  .addOption(integerOption("--at-once <n>", {
    description: "how many requests are worked on at once",
    minimum: 1,
    maximum: 1000,
    default: 32,
  }))
  .addOption(integerOption("--per-client <n>", {
    description: "how many of them may be of one client",
    minimum: 1,
    maximum: 1000,
    default: 16,
  }))
  .action(async (flags: ServeFlags) => {
    const { host, port } = flags;
    const isLocal = LOCAL.includes(host);
    const token = flags.token ?? Deno.env.get("THORAX_TOKEN") ?? null;
    if (token === null && !isLocal) {
      throw new InputError(
        `--host ${host}: others can reach it, so a token is needed: --token or THORAX_TOKEN`,
      );
    }
    if (token !== null && (token.length < SHORTEST_TOKEN || !/^[\x21-\x7e]+$/.test(token))) {
      throw new InputError(
        `the token has to have ${SHORTEST_TOKEN} characters at least, all of them ASCII and none a space`,
      );
    }
    await interruptible(async (signal) => {
      const { openPredictor } = await import("../runs/predictor.ts");
      const { openPredictionService } = await import("../server/prediction_service.ts");
      const { serveHttp } = await import("../support/serve_http.ts");
      const rule = operatingRule(flags.threshold);
      using predictor = await openPredictor(flags.run, { rule, lasting: true });
      predictor.warnings.forEach(warn);
      using service = await openPredictionService(predictor, {
        ...{ token, isLocal },
        size: 1e6 * flags.maxMegabytes,
        time: 1000 * flags.timeout,
        atOnce: { all: flags.atOnce, each: flags.perClient },
        onDefect: (error) => console.error("defect:", error),
      });
      await serveHttp(service.handle, {
        ...{ host, port, signal },
        onListening: (address) => console.log(`Listening on ${address} (Ctrl-C ends it)`),
      });
    }, { heard: "Stopping", stopped: () => "Stopped." });
  });

if (import.meta.main) await runTask(serve);
