import type { Interval } from "../evaluation/interval.ts";
import { rounded } from "./_theme.ts";

/** A value with its interval; either may be missing. */
interface Uncertain {
  readonly auc: number | null;
  readonly interval?: Interval | null;
}

/** Intervals as Plotly's horizontal error bars; no bar where a value or its interval is missing. */
export function errorBars(values: readonly Uncertain[], color: string) {
  const lengths = (bound: "low" | "high") =>
    values.map(({ auc, interval }) =>
      auc === null || !interval ? 0 : rounded(Math.abs(interval[bound] - auc))
    );
  return {
    type: "data",
    symmetric: false,
    array: lengths("high"),
    arrayminus: lengths("low"),
    color,
    thickness: 1.5,
    width: 4,
  };
}
