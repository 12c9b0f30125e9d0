import { lastingProvenance } from "../../training/provenance.ts";
import type { ReportContent } from "../content.ts";
import type { Section } from "../page.ts";

/** With what the run was made: versions, the machine, hashes; null without a run. */
export function provenanceSection({ run }: ReportContent): Section | null {
  if (run === undefined) return null;
  return {
    title: "Provenance",
    howToRead: "With what the run was made. When, and how long it took, is in its provenance.json.",
    blocks: [{
      table: { columns: ["What", "Value"], rows: Object.entries(lastingProvenance(run.provenance)) },
    }],
  };
}
