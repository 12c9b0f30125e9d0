/**
 * How pictures are written as PNG. Without a palette: sharp's choice of one gives other bytes now and then on a machine
 * with much to do (some 1 of 1,000), and a run has to end with the same.
 */
export const PNG = { compressionLevel: 9, adaptiveFiltering: true } as const;
