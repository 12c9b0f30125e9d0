import type { Option } from "commander";
import { OPERATING_RULES, type OperatingRule } from "../evaluation/operating_points.ts";
import { choiceOption } from "./_command.ts";

/** What `--threshold` may say. */
export type ThresholdRule = OperatingRule["rule"];

/**
 * `--threshold <rule>`: which of a run's thresholds a task works with.
 *
 * @param use What it does with it: `to compare with`.
 */
export function thresholdOption(use = "to compare with"): Option {
  return choiceOption("--threshold <rule>", {
    description: `which of the run's thresholds ${use}: most sensitivity + specificity (youden), best F1, ` +
      "a sensitivity of 0.9, or least cost where a miss costs 10 false alarms",
    choices: OPERATING_RULES.map(({ rule }) => rule),
    default: "youden",
  });
}

/** The rule that `--threshold` names. */
export function operatingRule(named: ThresholdRule): OperatingRule {
  return OPERATING_RULES.find(({ rule }) => rule === named)!;
}
