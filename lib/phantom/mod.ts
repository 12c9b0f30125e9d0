/**
 * Generated chest radiographs in which 14 findings are drawn as they look, in the NIH's files and folders:
 * data to try everything with.
 *
 * @module
 */
export * from "./cases.ts";
export * from "./chest.ts";
export * from "./draw_phantom.ts";
export * from "./label_noise.ts";
export * from "./phantom_folder.ts";
export { HARD_VISIBILITY } from "./visibility.ts";
export * from "./write_phantoms.ts";
export type { ChestShape, LungShape } from "./anatomy.ts";
export type { Region } from "./paint.ts";
