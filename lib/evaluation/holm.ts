/**
 * Makes p-values larger for their number, so that the chance of any false alarm among them stays what each says (Holm, "A
 * Simple Sequentially Rejective Multiple Test Procedure", 1979). Null ones are not counted.
 */
export function holm(values: readonly (number | null)[]): (number | null)[] {
  const adjusted: (number | null)[] = values.map(() => null);
  const order = values.flatMap((value, index) => value === null ? [] : [{ value, index }])
    .sort((a, b) => a.value - b.value);
  let highest = 0;
  order.forEach(({ value, index }, rank) => {
    highest = Math.min(1, Math.max(highest, value * (order.length - rank)));
    adjusted[index] = highest;
  });
  return adjusted;
}
