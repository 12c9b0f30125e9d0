/** One output of a notebook's cell in several forms, by MIME type; a reader takes the best that it knows. */
export type MimeBundle = { readonly [mime: string]: unknown };

/** The part of `Deno.jupyter` that is used here; Deno's stable types do not have it. */
interface Jupyter {
  broadcast(type: string, content: { readonly [name: string]: unknown }): Promise<void>;
}

/**
 * Shows an output below the cell that runs, at once, and gives what replaces it, even after the cell has ended. For
 * the Deno kernel only.
 */
export async function openDisplay(first: MimeBundle): Promise<(next: MimeBundle) => Promise<void>> {
  const { jupyter } = Deno as unknown as { jupyter: Jupyter };
  const display_id = crypto.randomUUID();
  const send = (type: string, data: MimeBundle) =>
    jupyter.broadcast(type, { data, metadata: {}, transient: { display_id } });
  await send("display_data", first);
  return (next) => send("update_display_data", next);
}
