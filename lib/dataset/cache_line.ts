/** The length of an image cache's first line in bytes. */
export const HEADER_BYTES = 64;

/** The first line of an image cache: what is in it, and the hash of what made it. */
export function cacheLine({ size, images, key }: { size: number; images: number; key: string }): string {
  return `thorax images ${size}x${size} uint8 ${images} ${key}`.padEnd(HEADER_BYTES - 1) + "\n";
}

/** The images of a block, which their checksums follow; the last block may have fewer. */
export const IMAGES_A_BLOCK = 256;

/** The length of an image's checksum in bytes. */
export const CHECKSUM_BYTES = 4;

/** The length of the checksum of all checksums, which ends the file, in bytes. */
export const TRAILER_BYTES = 32;

/** Where an image of a cache begins in the file, in bytes. */
export function positionOf(index: number, size: number): number {
  const block = Math.floor(index / IMAGES_A_BLOCK);
  return HEADER_BYTES + index * size * size + block * IMAGES_A_BLOCK * CHECKSUM_BYTES;
}

/** The length of a whole cache in bytes. */
export function cacheBytes({ size, images }: { size: number; images: number }): number {
  return HEADER_BYTES + images * (size * size + CHECKSUM_BYTES) + TRAILER_BYTES;
}
