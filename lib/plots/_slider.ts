import { COLOURS, GREY } from "./_theme.ts";
import type { Json } from "./figure.ts";

/** What a slider below a figure is made of. */
export interface FigureSlider {
  /** What stands before the chosen step's label. */
  prefix: string;
  /** The step that is chosen at first. */
  active: number;
  /** Pixels between the figure and the slider. */
  top: number;
  /** Each step: its label, and what it does to the figure's traces as Plotly's `restyle`. */
  steps: readonly { label: string; args: readonly Json[] }[];
}

/** A slider that shows its chosen step's label and hides those of the others. */
export function figureSlider({ prefix, active, top, steps }: FigureSlider): Json {
  return {
    active,
    pad: { t: top },
    currentvalue: { prefix, font: { size: 14, color: GREY } },
    ticklen: 0,
    minorticklen: 0,
    font: { color: "rgba(0,0,0,0)" },
    bordercolor: GREY,
    bgcolor: "rgba(128,128,128,0.3)",
    activebgcolor: COLOURS.blue,
    steps: steps.map(({ label, args }) => ({ label, method: "restyle", args })),
  };
}
