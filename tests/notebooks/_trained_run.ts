/** The notebooks that train a run and those that look at it, so that they come one after the other. */
export const READS_TRAINED_RUN = /^0[3-6]_/;
