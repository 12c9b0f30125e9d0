/** The length of an image cache's first line in bytes. */
export const HEADER_BYTES = 64;

/** The first line of an image cache: what is in it, and the hash of what made it. */
export function cacheLine({ size, images, key }: { size: number; images: number; key: string }): string {
  return `thorax images ${size}x${size} uint8 ${images} ${key}`.padEnd(HEADER_BYTES - 1) + "\n";
}

/** The images of a block, which their records follow; the last block may have fewer. */
export const IMAGES_A_BLOCK = 256;

/** The length of the CRC-32 of an image's pixels in bytes. */
export const CHECKSUM_BYTES = 4;

/** The length of what tells the content of the file that an image was decoded from: the first bytes of its SHA-256. */
export const CONTENT_BYTES = 16;

/** The length of an image's record, which is one after the other. */
export const RECORD_BYTES = CHECKSUM_BYTES + CONTENT_BYTES;

/** The length of the checksum of all records, which ends the file, in bytes. */
export const TRAILER_BYTES = 32;

/** Where an image of a cache begins in the file, in bytes. */
export function positionOf(index: number, size: number): number {
  const block = Math.floor(index / IMAGES_A_BLOCK);
  return HEADER_BYTES + index * size * size + block * IMAGES_A_BLOCK * RECORD_BYTES;
}

/** The length of a whole cache in bytes. */
export function cacheBytes({ size, images }: { size: number; images: number }): number {
  return HEADER_BYTES + images * (size * size + RECORD_BYTES) + TRAILER_BYTES;
}

/** The lengths that whole caches of older versions had: without checksums, and with those of pixels alone. */
export function olderCacheBytes({ size, images }: { size: number; images: number }): number[] {
  const pixels = HEADER_BYTES + images * size * size;
  return [pixels, pixels + images * CHECKSUM_BYTES + TRAILER_BYTES];
}
