/** What there is to say where a network scores phantoms that was trained on real images, or the other way round. */
export function strangerWarning(trainedOnPhantoms: boolean): string {
  return trainedOnPhantoms
    ? "the network was trained on phantom images; what it says of a real radiograph means nothing"
    : "a phantom image, and the network was trained on others";
}
