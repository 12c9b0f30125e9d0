/**
 * What stands by in the kernel, imported before any cell: interrupts, late errors and edited files.
 *
 * @module
 */
import { standByForInterrupts } from "./interrupts.ts";
import { showLateErrors } from "./late_errors.ts";
import { takeEditedFiles } from "./edited_files.ts";

standByForInterrupts();
showLateErrors();
takeEditedFiles();
