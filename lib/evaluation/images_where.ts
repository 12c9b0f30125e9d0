/** The indices of the images of which something holds, ascending. */
export function imagesWhere(
  values: Uint8Array,
  holds: (value: number, image: number) => boolean,
): Uint32Array {
  const images = new Uint32Array(values.length);
  let found = 0;
  for (let image = 0; image < values.length; image++) {
    if (holds(values[image]!, image)) images[found++] = image;
  }
  return images.slice(0, found);
}
