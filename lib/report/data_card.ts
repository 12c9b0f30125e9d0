import { describeCohort } from "../dataset/cohort.ts";
import { countLabels } from "../dataset/label_counts.ts";
import { findingTitle } from "../dataset/finding_title.ts";
import { SUBSETS } from "../dataset/split.ts";
import { FACTS } from "./checklists/_facts.ts";
import type { RunResults } from "./content.ts";
import { escapeMarkdown } from "./markdown.ts";
import { markdownTable } from "./markdown_table.ts";
import { present } from "./sentences.ts";
import { counted, countedShare } from "../support/decimals.ts";

/**
 * The text of a `data-card.md` (after Gebru et al., "Datasheets for Datasets", 2021): where a run's images and labels are
 * from, who is in its sets, what was done to them, and what is wrong with them.
 */
export function dataCard(run: RunResults): string {
  const { name, phantom, data, split, provenance } = run;
  const cohorts = SUBSETS.map((subset) => describeCohort(split[subset]));
  const labels = SUBSETS.map((subset) => countLabels(split[subset], data.findings));
  const oldest = Math.max(...cohorts.map(({ ages }) => ages.length));
  const of = (count: (cohort: typeof cohorts[number]) => number) =>
    cohorts.map((cohort) => countedShare(count(cohort), cohort.images));
  const facts = (...asked: readonly (keyof typeof FACTS)[]) =>
    present(...asked.map((fact) => FACTS[fact](run))).map(escapeMarkdown);
  const repeated = cohorts.map(({ patientsByImages }) =>
    [...patientsByImages].reduce((sum, [images, patients]) => sum + (images > 1 ? patients : 0), 0)
  );
  return [
    `# Data card: ${escapeMarkdown(name)}`,
    ...(phantom ? ["**Generated phantom images.** Nobody was imaged."] : []),
    "## Where the data are from",
    ...facts("source", "retrospective", "dataAvailable"),
    `SHA-256 of \`split.csv\`: ${provenance.split}; of all images' names: ${provenance.images}.`,
    "## What was taken, and how it was divided",
    ...facts("selected", "partitions", "disjoint"),
    "## Who is in it",
    ...(data.hasPatients ? [] : ["Which images are of one patient is not known: each counts as a patient."]),
    markdownTable(["Images", ...SUBSETS], [
      ["All", ...cohorts.map(({ images }) => counted(images))],
      ["Patients", ...cohorts.map(({ patients }) => counted(patients))],
      ["Patients with several images", ...repeated.map((patients) => counted(patients))],
      ["No finding", ...of(({ normal }) => normal)],
      ["Sex F", ...of(({ sex }) => sex.F)],
      ["Sex M", ...of(({ sex }) => sex.M)],
      ["Sex unknown", ...of(({ sex }) => sex.unknown)],
      ["View PA", ...of(({ view }) => view.PA)],
      ["View AP", ...of(({ view }) => view.AP)],
      ["View lateral or unknown", ...of(({ view }) => view.lateral + view.unknown)],
      ...Array.from({ length: oldest }, (_, decade) => [
        `Age ${10 * decade} to ${10 * decade + 9}`,
        ...of(({ ages }) => ages[decade] ?? 0),
      ]),
      ["Age unknown", ...of(({ unknownAge }) => unknownAge)],
    ]),
    "## Labels",
    ...facts("reference", "missing"),
    markdownTable(
      ["Images with the finding", ...SUBSETS],
      data.findings.map((finding, i) => [
        escapeMarkdown(findingTitle(finding)),
        ...labels.map((counts) => {
          const { positives, unknown } = counts[i]!;
          return counted(positives) + (unknown === 0 ? "" : ` (unknown: ${counted(unknown)})`);
        }),
      ]),
    ),
    "## What was done to the images",
    ...facts("preprocessing"),
    "## Known faults",
    ...facts("limits"),
    ...(phantom || data.format !== "nih" ? [] : [
      "AP images are of sicker patients. Drains, lines and pacemakers go along with some findings. Ages above 100 occur and " +
      "are typing errors.",
    ]),
    "## The author's to add",
    "How patients came to be imaged, from when to when, on which machines; consent and approval; terms of use.",
  ].join("\n\n") + "\n";
}
