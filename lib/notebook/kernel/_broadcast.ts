/** Sends a message of any type to the kernel's clients, as the kernel's own outputs go; nothing outside of Jupyter. */
export async function broadcast(
  type: string,
  content: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
): Promise<void> {
  // deno-lint-ignore no-explicit-any
  await (Deno as any).jupyter?.broadcast(type, content, { metadata });
}
