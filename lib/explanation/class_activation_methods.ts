/** The ways to make maps that weight a feature map by its gradients: one run of the network serves all. */
export const CLASS_ACTIVATION_METHODS = ["grad-cam", "grad-cam++", "hirescam"] as const;

/** One of {@linkcode CLASS_ACTIVATION_METHODS}. */
export type ClassActivationMethod = typeof CLASS_ACTIVATION_METHODS[number];
