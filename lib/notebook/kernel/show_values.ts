import { displayOf } from "./displays.ts";

const JUPYTER = Symbol.for("Jupyter.display");
const CONSOLE = Symbol.for("Deno.customInspect");

/** The part of the Deno kernel's inside that shows the last value of every cell. */
interface Kernel {
  broadcastResult(executionCount: number, result: unknown): Promise<void>;
}

/**
 * Lets values of the library show themselves (`displays.ts`) where a cell ends with them and in `console.log`. The
 * values themselves are not changed, nor are their classes.
 */
export function letValuesShow(): void {
  const { internal } = Deno as unknown as { internal: symbol };
  const kernel: Kernel | undefined = Reflect.get(Deno, internal)?.jupyter;
  if (kernel?.broadcastResult !== undefined) {
    const { broadcastResult } = kernel;
    kernel.broadcastResult = (executionCount, result) => {
      const display = displayOf(result);
      return broadcastResult(executionCount, display === null ? result : { [JUPYTER]: display.bundle });
    };
  }
  for (const name of ["log", "info", "debug", "warn", "error"] as const) {
    const print = console[name];
    console[name] = (...values: unknown[]) => print(...values.map(inspectable));
  }
}

function inspectable(value: unknown): unknown {
  const display = displayOf(value);
  return display === null ? value : { [CONSOLE]: () => display.text };
}
