/**
 * What stands by in the kernel, imported before any cell: interrupts, late errors and imports of edited files.
 *
 * @module
 */
import { standByForInterrupts } from "./interrupts.ts";
import { showLateErrors } from "./late_errors.ts";
import { standByForImportsAnew } from "./imports_anew.ts";

standByForInterrupts();
showLateErrors();
standByForImportsAnew();
