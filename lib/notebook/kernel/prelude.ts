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
import { letValuesShow } from "./show_values.ts";

standByForInterrupts();
showLateErrors();
standByForImportsAnew();
standByForComms();
letValuesShow();
Object.assign(globalThis, { time });
