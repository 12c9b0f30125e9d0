import { type Kernel, runOne, typeOf } from "./_kernel.ts";

/** Einstein's summation, with a check that TensorFlow leaves out. */
export const einsum: Kernel[] = [
  {
    name: "Einsum",
    work: ({ inputs, attributes: { equation } }) => {
      const [from, to] = equation.split("->");
      const unknown = to?.match(/[a-z]/gi)?.find((label: string) => !from.includes(label));
      if (unknown) {
        throw new Error(
          `Output subscripts contain the label ${unknown} not present in the input subscripts.`,
        );
      }
      const tensors = Object.values<never>(inputs);
      return runOne("Einsum", tensors, {
        attributes: { N: tensors.length, equation, T: typeOf(tensors[0]!) },
      });
    },
  },
];
