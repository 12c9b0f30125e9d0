import { CLAIM_2024 } from "./checklists/claim_2024.ts";
import type { Checklist, ChecklistItem } from "./checklists/item.ts";
import { TRIPOD_AI } from "./checklists/tripod_ai.ts";
import type { RunResults } from "./content.ts";
import { escapeMarkdown } from "./markdown.ts";
import { markdownTable } from "./markdown_table.ts";

/** The checklists that are filled. */
export const CHECKLISTS: readonly Checklist[] = [CLAIM_2024, TRIPOD_AI];

/**
 * The text of a `checklist.md`: every item of CLAIM 2024 and TRIPOD+AI, filled from the run, or marked as the author's to
 * write, or both. Items are numbered as theirs and worded as ours.
 */
export function checklist(run: RunResults): string {
  return [
    `# Reporting checklists: ${escapeMarkdown(run.name)}`,
    ...(run.phantom ? ["**Phantom images.** There is nothing to publish about patients here."] : []),
    "What a paper on this run is asked for, filled from the run where it says it. **Author** marks what no run can say. " +
    "The items have the numbers of the checklists, and the words of this project: cite and consult the originals.",
    ...CHECKLISTS.flatMap((list) => [
      `## ${list.title}`,
      `${list.reference}. ${list.checked}. ${tallyOf(list, run)}`,
      ...list.sections.flatMap(({ title, items }) => [
        `### ${title}`,
        markdownTable(
          ["Item", "Asks for", "This run"],
          items.map((item) => [item.number, item.asks, answerOf(item, run)]),
        ),
      ]),
    ]),
  ].join("\n\n") + "\n";
}

function tallyOf({ sections }: Checklist, run: RunResults): string {
  const items = sections.flatMap(({ items }) => items);
  const isFilled = ({ fact }: ChecklistItem) => (fact?.(run) ?? null) !== null;
  const filled = items.filter((item) => isFilled(item) && item.author === undefined).length;
  const both = items.filter((item) => isFilled(item) && item.author !== undefined).length;
  return `Of ${items.length} items the run fills ${filled}, ${both} in part; ${
    items.length - filled - both
  } are the author's.`;
}

/** What the run says, and what is left to the author, in bold. */
function answerOf({ fact, author }: ChecklistItem, run: RunResults): string {
  const said = fact?.(run) ?? null;
  const left = author ?? (said === null ? "the run does not say it" : null);
  return [
    ...(said === null ? [] : [escapeMarkdown(said)]),
    ...(left === null ? [] : [`**Author:** ${escapeMarkdown(left)}.`]),
  ].join(" ");
}
