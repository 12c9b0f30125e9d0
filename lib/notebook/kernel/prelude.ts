/**
 * What stands by in the kernel, imported before any cell: interrupts, late errors, imports of edited files,
 * controls, displays, and `time` without an import.
 *
 * @module
 */
import { standByForComms } from "./comms.ts";
import { standByForInterrupts } from "./interrupts.ts";
import { showLateErrors } from "./late_errors.ts";
import { standByForImportsAnew } from "./imports_anew.ts";
import { time } from "../time.ts";

standByForInterrupts();
showLateErrors();
standByForImportsAnew();
standByForComms();
Object.assign(globalThis, { time });
// A notebook in another project has not this one's packages: no values of the library come up in it, and what is above
// has to work all the same.
const values = await import("./show_values.ts").catch((error) => {
  if (!(error instanceof TypeError)) throw error;
});
values?.letValuesShow();
