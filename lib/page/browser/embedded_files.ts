import { gunzipSync } from "fflate";
import { fromBase64 } from "../base64.ts";
import { pageData } from "./given_data.ts";

/** The bytes of a file of WebAssembly that the page carries. */
export function codecBytes(name: string): Uint8Array<ArrayBuffer> {
  const file = pageData().files[name];
  if (file === undefined) throw new Error(`The page does not carry ${name}`);
  return gunzipSync(fromBase64(file)) as Uint8Array<ArrayBuffer>;
}
