import { localisationTables } from "../localisation_tables.ts";
import type { ReportContent } from "../content.ts";
import type { Section } from "../page.ts";

/** Heat maps over images, and how well they hit the bounding boxes; null where there are none. */
export function saliencySection({ run, metrics }: ReportContent): Section | null {
  const pictures = run?.pictures ?? [];
  if (pictures.length === 0 && metrics.localisation === null) return null;
  return {
    title: "Where the network looks",
    howToRead:
      "Grad-CAM colours what raised the score of a label: dark violet a little, pale yellow most. Blue " +
      "rectangles are the bounding boxes in the data, a ring is the heat map's peak. A peak in the bounding box far more often than a " +
      "random point is says that the network looks at the finding, not that it understands it.",
    blocks: [
      ...(pictures.length > 0 ? [{ pictures }] : []),
      ...(metrics.localisation ? localisationTables(metrics.localisation) : []),
    ],
  };
}
