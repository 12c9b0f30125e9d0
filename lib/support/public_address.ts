/** Blocks of IPv4 addresses that the public internet does not carry (RFC 6890): first address, bits of the prefix. */
const PRIVATE_BLOCKS: readonly (readonly [string, number])[] = [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
];

/** Whether a text is an IPv4 or IPv6 address of the public internet; a name is none. */
export function isPublicAddress(text: string): boolean {
  const mapped = text.match(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i)?.[1] ?? text;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(mapped)) {
    const isIn = ([first, bits]: readonly [string, number]) =>
      numberOf(first) >>> (32 - bits) === numberOf(mapped) >>> (32 - bits);
    return !PRIVATE_BLOCKS.some(isIn);
  }
  if (!text.includes(":")) return false;
  // Loopback, unique local addresses (fc00::/7) and those of a link (fe80::/10).
  return !/^(::1$|f[cd]|fe[89ab])/i.test(text);
}

function numberOf(address: string): number {
  return address.split(".").reduce((number, part) => (number << 8 | Number(part)) >>> 0, 0);
}
