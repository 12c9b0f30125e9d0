import type { ReportContent } from "../content.ts";
import type { Section } from "../page.ts";

/** The settings by name, as they are in the run's configuration; null without a run. */
export function settingsSection({ run }: ReportContent): Section | null {
  if (run === undefined) return null;
  const { augmentation: _, ...settings } = run.settings;
  return {
    title: "Settings",
    howToRead: "What it takes to do this run again, as in its config.json.",
    blocks: [{
      table: {
        columns: ["Setting", "Value"],
        rows: Object.entries(settings).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(", ") : String(value ?? "-"),
        ]),
      },
    }],
  };
}
