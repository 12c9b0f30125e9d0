import type { Cohort } from "../dataset/cohort.ts";
import { axis, COLOURS, layout } from "./_theme.ts";
import type { Figure } from "./figure.ts";

/** Bars: images by decade of age, by sex and by view, side by side. */
export function cohortFigure(cohort: Pick<Cohort, "ages" | "sex" | "view" | "unknownAge">): Figure {
  const decades = cohort.ages.map((_, decade) => `${decade * 10}-${decade * 10 + 9}`);
  const unknown = cohort.unknownAge > 0;
  const bars = {
    type: "bar",
    hovertemplate: "%{x}: %{y:,} images<extra></extra>",
    showlegend: false,
  };
  return {
    data: [
      {
        ...bars,
        x: unknown ? [...decades, "unknown"] : decades,
        y: unknown ? [...cohort.ages, cohort.unknownAge] : cohort.ages,
        marker: { color: COLOURS.blue },
      },
      {
        ...bars,
        ...barsOf([["Women", cohort.sex.F], ["Men", cohort.sex.M]], cohort.sex.unknown),
        xaxis: "x2",
        marker: { color: COLOURS.orange },
      },
      {
        ...bars,
        ...barsOf(
          [
            ["AP", cohort.view.AP],
            ["PA", cohort.view.PA],
            ...(cohort.view.lateral > 0 ? [["lateral", cohort.view.lateral] as const] : []),
          ],
          cohort.view.unknown,
        ),
        xaxis: "x3",
        marker: { color: COLOURS.green },
      },
    ],
    layout: layout("Images by age, sex and view", {
      height: 340,
      xaxis: axis("Age in years", { domain: [0, 0.56], type: "category", tickangle: -45 }),
      xaxis2: axis("Sex", { domain: [0.62, 0.79], type: "category" }),
      xaxis3: axis("View", { domain: [0.83, 1], type: "category" }),
      yaxis: axis("Images", { tickformat: "," }),
      bargap: 0.15,
    }),
  };
}

/** The bars of some groups, and one for the images of which the group is not known, where there are any. */
function barsOf(
  groups: readonly (readonly [string, number])[],
  unknown: number,
): { x: string[]; y: number[] } {
  const shown = unknown > 0 ? [...groups, ["unknown", unknown] as const] : groups;
  return { x: shown.map(([name]) => name), y: shown.map(([, images]) => images) };
}
