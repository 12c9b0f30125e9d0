/** The indices of the images that have each code, from 0 to one less than `codes`, ascending. */
export function membersOf(ofImage: ArrayLike<number>, codes: number): Uint32Array[] {
  const ends = new Uint32Array(codes + 1);
  for (let image = 0; image < ofImage.length; image++) ends[ofImage[image]! + 1]!++;
  for (let code = 0; code < codes; code++) ends[code + 1]! += ends[code]!;
  const images = new Uint32Array(ofImage.length);
  const members = Array.from({ length: codes }, (_, code) => images.subarray(ends[code], ends[code + 1]));
  const next = ends.slice(0, codes);
  for (let image = 0; image < ofImage.length; image++) images[next[ofImage[image]!]!++] = image;
  return members;
}
