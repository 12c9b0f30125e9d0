/** Whose weights can be made a run of, by what wrote their files. */
export const IMPORT_KINDS = ["torchxrayvision", "chexnet", "chexnet-keras", "keras", "thorax"] as const;

/** One of {@linkcode IMPORT_KINDS}. */
export type ImportKind = (typeof IMPORT_KINDS)[number];
