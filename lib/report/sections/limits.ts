import type { ReportContent } from "../content.ts";
import type { Section } from "../page.ts";

/** What the figures do not say. */
export function limitsSection({ comparability }: ReportContent): Section {
  const labels = comparability
    ? "The NIH's labels were read from reports by a program and are wrong for a good many images; phantom images are " +
      "drawn by a program and say nothing about patients. A high AUC on either shows"
    : "A high AUC shows";
  return {
    title: "What this is not",
    howToRead: "This is not a medical device, and nothing here may be used for a diagnosis.",
    blocks: [{
      note:
        `It is for learning and research. ${labels} neither that a network would help a physician nor that it ` +
        "works in another hospital.",
    }],
  };
}
