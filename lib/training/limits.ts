/** The ranges of what has a flag of its own: beyond them is a slip of the finger, or more than any machine can do. */
export const LIMITS = {
  /** Pixels; radiographs have some 3,000, and memory grows with the square. */
  imageSize: { minimum: 32, maximum: 2048 },
  epochs: { minimum: 1, maximum: 10_000 },
  batchSize: { minimum: 1, maximum: 4096 },
  workers: { minimum: 1, maximum: 1024 },
  folds: { minimum: 2, maximum: 100 },
  learningRate: { minimum: 1e-9, maximum: 10 },
  testTimeCopies: { minimum: 0, maximum: 64 },
  checkedMaps: { minimum: 0, maximum: 1000 },
  shortcutImages: { minimum: 0, maximum: 1_000_000 },
} as const;
