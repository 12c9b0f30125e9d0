/**
 * What stands by in the kernel, imported before any cell: interrupts, late errors, imports of edited files,
 * displays, and `time` without an import.
 *
 * @module
 */
import { standByForInterrupts } from "./interrupts.ts";
import { showLateErrors } from "./late_errors.ts";
import { standByForImportsAnew } from "./imports_anew.ts";
import { time } from "../time.ts";
import { letValuesShow } from "./show_values.ts";

standByForInterrupts();
showLateErrors();
standByForImportsAnew();
letValuesShow();
Object.assign(globalThis, { time });
