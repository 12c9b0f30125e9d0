/** The losses that can be chosen by name. */
export const LOSSES = ["weighted", "plain", "focal", "asymmetric"] as const;

/** One of {@linkcode LOSSES}. */
export type LossName = (typeof LOSSES)[number];
