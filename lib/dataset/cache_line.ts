/** The length of an image cache's first line in bytes. */
export const HEADER_BYTES = 64;

/** The first line of an image cache: what is in it, and the hash of what made it. */
export function cacheLine({ size, images, key }: { size: number; images: number; key: string }): string {
  return `thorax images ${size}x${size} uint8 ${images} ${key}`.padEnd(HEADER_BYTES - 1) + "\n";
}
