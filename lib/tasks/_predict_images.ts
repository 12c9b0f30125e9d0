import { existsSync } from "node:fs";
import { join } from "node:path";
import { findFinding } from "../dataset/label_synonyms.ts";
import { findImages } from "../dataset/find_images.ts";
import { byExcess } from "../evaluation/finding_scale.ts";
import { checkPredictionFile, openPredictionFile } from "../runs/prediction_file.ts";
import { heatMapCaption, imageExplainer } from "../runs/image_explainer.ts";
import { shownFinding } from "../runs/judgement_in_short.ts";
import { openPredictor, type PredictedImage, type Predictor } from "../runs/predictor.ts";
import { givenPath } from "../support/given_path.ts";
import { InputError } from "../support/input_error.ts";
import { checkOutputFolder, type OutputOptions, writeOutput } from "../support/outputs.ts";
import { oneLine, printable, quote } from "../support/printable.ts";
import { showProgress } from "../support/progress.ts";
import { warn } from "./_command.ts";
import { describeBriefly, describeColumns, describeImage } from "./_describe_predictions.ts";
import { operatingRule, type ThresholdRule } from "./_threshold_option.ts";
import { counted } from "../support/decimals.ts";

/** The flags of `deno task predict`. */
export interface PredictFlags {
  run: string;
  out?: string;
  explain?: string | true;
  pictures?: string;
  threshold: ThresholdRule;
  strict?: boolean;
  overwrite?: boolean;
}

/** Whom the task listens to and whom it tells. */
export interface Standing {
  signal: AbortSignal;
  /** Is told what to say should the task be stopped from now on. */
  say(standing: string): void;
}

/** Predicts what `given` names, and prints it or writes it where the flags say. */
export async function predictImages(
  given: readonly string[],
  flags: PredictFlags,
  { signal, say }: Standing,
): Promise<void> {
  const { out, overwrite = false } = flags;
  if (out !== undefined) checkPredictionFile(out);
  const pictures = flags.pictures ?? givenPath("heat-maps");
  if (flags.explain !== undefined) await checkOutputFolder(pictures);
  const rule = operatingRule(flags.threshold);
  using predictor = await openPredictor(flags.run, { rule });
  const { explained, paths } = whatToExplain(flags.explain, given, predictor.loaded.findings);
  const { files, others } = await findImages(await withStandardInput(paths), givenPath("."));
  predictor.warnings.forEach(warn);
  const inputs = files.map(({ path }) => path);
  await using table = out === undefined
    ? null
    : await openPredictionFile(out, predictor, { inputs, overwrite });
  using painter = explained === null ? null : openPainter(predictor, {
    folder: pictures,
    explained,
    inputs,
    overwrite,
  });
  const isQuiet = out !== undefined || files.length > 1 && !Deno.stdout.isTerminal();
  using progress = isQuiet ? showProgress("Predicting", { total: files.length, unit: "images" }) : null;
  const tell = (line: string) => progress === null ? console.error(line) : progress.say(line);
  const counts = { predicted: 0, failed: 0, warned: 0 };
  try {
    for await (const each of predictor.predict(files, signal)) {
      if ("error" in each) {
        if (flags.strict || files.length === 1) throw each.error;
        counts.failed++;
        tell(`error: ${oneLine(each.error.message)}`);
        table?.fail(each);
      } else {
        counts.predicted++;
        if (each.warnings.length > 0) counts.warned++;
        if (table !== null) await table.add(each);
        else if (files.length > 1) console.log(describeBriefly(each));
        else console.log(`${describeImage(each, predictor)}\n\n${describeColumns(predictor, { rule })}`);
        const drawn = await painter?.draw(each);
        if (drawn !== undefined && !isQuiet) tell(drawn);
      }
      progress?.update(counts.predicted + counts.failed);
    }
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      await table?.commit();
      say(
        `Stopped after ${counts.predicted} images${
          out === undefined ? "" : `; ${printable(out)} has those`
        }.`,
      );
    }
    throw error;
  }
  await table?.commit();
  if (files.length > 1 || out !== undefined) console.error(summary(counts, { others, out }));
  if (counts.predicted === 0) Deno.exitCode = 1;
}

/**
 * What `--explain` asks for: a finding by its name or another name of it, or true for the one furthest above its
 * threshold. A word after it that is no finding but a file is one of the images.
 */
function whatToExplain(
  explain: string | true | undefined,
  given: readonly string[],
  findings: readonly string[],
): { explained: string | true | null; paths: readonly string[] } {
  if (explain === undefined) return { explained: null, paths: given };
  if (explain === true) return { explained: true, paths: given };
  const named = findFinding(explain, findings);
  if (named !== null) return { explained: named.finding, paths: given };
  if (existsSync(givenPath(explain))) return { explained: true, paths: [explain, ...given] };
  throw new InputError(`--explain ${quote(explain)}: is none of the run's findings: ${findings.join(", ")}`);
}

/** Draws heat maps into a folder. */
interface Painter extends Disposable {
  /** Draws an image's heat map and says where it is, or why there is none. */
  draw(image: PredictedImage): Promise<string>;
}

function openPainter(
  predictor: Predictor,
  { folder, explained, ...options }: OutputOptions & { folder: string; explained: string | true },
): Painter {
  const explainer = imageExplainer(predictor.loaded);
  return {
    async draw(image) {
      const { file: { name }, source: { tags }, judgements } = image;
      if (tags?.burnedIn) {
        return `warning: ${
          printable(name)
        }: its pixels show who the patient is (BurnedInAnnotation), so no heat map is drawn`;
      }
      const judgement = explained === true
        ? byExcess(judgements)[0]!
        : judgements.find(({ finding }) => finding === explained)!;
      const { finding } = judgement;
      const png = await explainer.draw(image, finding, heatMapCaption(name, judgement));
      const picture = join(
        folder,
        `${name.replaceAll(/(\.\.)?[/\\]+/g, "_")}.${finding.replaceAll(/[^\w-]+/g, "_")}.png`,
      );
      await writeOutput(picture, png, options);
      return `Heat map of ${shownFinding(finding)}: ${printable(picture)}`;
    },
    [Symbol.dispose]: () => explainer[Symbol.dispose](),
  };
}

/** Puts the paths that standard input names, a line each, in the place of `-`. */
async function withStandardInput(given: readonly string[]): Promise<string[]> {
  if (given.length === 0) throw new InputError("missing required argument 'images'");
  if (!given.includes("-")) return [...given];
  const text = await new Response(Deno.stdin.readable).text();
  const paths = text.split(text.includes("\0") ? "\0" : /\r?\n/).filter((path) => path !== "");
  if (paths.length === 0) throw new InputError("standard input names no file");
  return given.flatMap((path) => path === "-" ? paths : [path]);
}

function summary(
  { predicted, failed, warned }: { predicted: number; failed: number; warned: number },
  { others, out }: { others: number; out: string | undefined },
): string {
  return [
    counted(predicted, "image"),
    ...(warned > 0 ? [`${counted(warned)} of them with a warning`] : []),
    ...(failed > 0 ? [`${counted(failed)} more could not be read`] : []),
    ...(others > 0 ? [`${counted(others)} other files passed over`] : []),
    ...(out === undefined ? [] : [`written to ${printable(out)}`]),
  ].join("; ");
}
