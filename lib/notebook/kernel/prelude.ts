/**
 * What stands by in the kernel, imported before any cell: interrupts, late errors, imports of edited files
 * and displays.
 *
 * @module
 */
import { letTablesShow } from "./displays.ts";
import { standByForInterrupts } from "./interrupts.ts";
import { showLateErrors } from "./late_errors.ts";
import { standByForImportsAnew } from "./imports_anew.ts";

standByForInterrupts();
showLateErrors();
standByForImportsAnew();
letTablesShow();
