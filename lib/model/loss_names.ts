/** The losses that can be chosen by name. */
export const LOSSES = ["weighted", "plain", "focal", "asymmetric"] as const;

/** One of {@linkcode LOSSES}. */
export type LossName = (typeof LOSSES)[number];

/** The same in words, for settings and help. */
export const LOSSES_IN_WORDS =
  "the cross-entropy: weighted by the frequency of each finding, plain, focal or asymmetric";
