import { join } from "node:path";
import { NPM_MACHINE, npmPackage } from "./npm_package.ts";

/** The program of esbuild, where npm's installation has put it for this machine. */
export function esbuildProgram(): string {
  return join(npmPackage(`@esbuild/${NPM_MACHINE}`) ?? "node_modules/@esbuild", "bin", "esbuild");
}
