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
        x: ["Women", "Men"],
        y: [cohort.sex.F, cohort.sex.M],
        xaxis: "x2",
        marker: { color: COLOURS.orange },
      },
      {
        ...bars,
        x: ["AP", "PA"],
        y: [cohort.view.AP, cohort.view.PA],
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
