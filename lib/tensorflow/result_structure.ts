import { tf } from "./backend.ts";

/** What a traced function gives: a tensor, several by place or by name, or nothing. */
export type GraphResult = tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>> | void;

/** How a result was put together: the names of its tensors, their number, one tensor, or nothing. */
export type Structure = { names: string[] } | { count: number } | "tensor" | null;

/**
 * Takes a result apart.
 *
 * @throws {Error} For what no traced function may give.
 */
export function flatten(result: GraphResult): { tensors: tf.Tensor[]; structure: Structure } {
  if (result === undefined || result === null) return { tensors: [], structure: null };
  if (result instanceof tf.Tensor) return { tensors: [result], structure: "tensor" };
  const tensors = Object.values(result as Record<string, tf.Tensor>);
  if (
    typeof result !== "object" || result instanceof Promise ||
    !tensors.every((tensor) => tensor instanceof tf.Tensor)
  ) {
    throw new Error("A traced function gives a tensor, a list or an object of tensors, or nothing");
  }
  if (Array.isArray(result)) return { tensors, structure: { count: result.length } };
  return { tensors, structure: { names: Object.keys(result) } };
}

/** Puts tensors together as a result was. */
export function unflatten(structure: Structure, tensors: tf.Tensor[]): GraphResult {
  if (structure === null) return undefined;
  if (structure === "tensor") return tensors[0]!;
  if ("count" in structure) return tensors;
  return Object.fromEntries(structure.names.map((name, i) => [name, tensors[i]!]));
}
