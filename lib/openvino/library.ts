import { join } from "node:path";
import { InputError } from "../support/input_error.ts";
import { PROJECT } from "../support/project.ts";
import { pointerTo, readMemory, text } from "../tensorflow/memory.ts";

/**
 * The functions of OpenVINO's C API that are used. `ov_core_compile_model` takes any number of properties; it is called
 * with three, a name and a value each, which only calling conventions such as that of Linux on x64 take like other
 * arguments.
 */
const SYMBOLS = {
  ov_get_last_err_msg: { parameters: [], result: "pointer" },
  ov_get_openvino_version: { parameters: ["buffer"], result: "i32" },
  ov_core_create: { parameters: ["buffer"], result: "i32" },
  ov_core_free: { parameters: ["pointer"], result: "void" },
  ov_core_read_model_from_memory_buffer: {
    parameters: ["pointer", "buffer", "usize", "pointer", "buffer"],
    result: "i32",
  },
  ov_model_free: { parameters: ["pointer"], result: "void" },
  ov_core_compile_model: {
    parameters: [
      "pointer",
      "pointer",
      "buffer",
      "usize",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
    ],
    result: "i32",
  },
  ov_compiled_model_free: { parameters: ["pointer"], result: "void" },
  ov_compiled_model_create_infer_request: { parameters: ["pointer", "buffer"], result: "i32" },
  ov_infer_request_free: { parameters: ["pointer"], result: "void" },
  ov_infer_request_get_input_tensor_by_index: { parameters: ["pointer", "usize", "buffer"], result: "i32" },
  ov_infer_request_get_output_tensor_by_index: { parameters: ["pointer", "usize", "buffer"], result: "i32" },
  ov_infer_request_infer: { parameters: ["pointer"], result: "i32", nonblocking: true },
  ov_tensor_data: { parameters: ["pointer", "buffer"], result: "i32" },
  ov_tensor_get_byte_size: { parameters: ["pointer", "buffer"], result: "i32" },
  ov_tensor_free: { parameters: ["pointer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

type OpenVinoApi = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** The library's name: its number is that of the version in `lib/support/requirements/openvino.txt`. */
const LIBRARY = "libopenvino_c.so.2641";

let api: OpenVinoApi | undefined;

/**
 * OpenVINO's C API, loaded on first use.
 *
 * @throws {InputError} Where it is not installed; the message says what to type.
 */
export function openvino(): OpenVinoApi {
  return api ??= Deno.dlopen(openvinoFile(), SYMBOLS).symbols;
}

/**
 * The file of OpenVINO's C library, which `deno task setup --openvino` puts into the project's `.venv`.
 *
 * @throws {InputError} Where it is not installed, or not for this system.
 */
export function openvinoFile(): string {
  checkOpenvinoPlatform(Deno.build);
  const file = openvinoFileIn(PROJECT);
  if (file !== null) return file;
  throw new InputError("OpenVINO is not installed: run `deno task setup --openvino`");
}

/** The file of OpenVINO's C library in the `.venv` of a folder; null where there is none. */
export function openvinoFileIn(folder: string): string | null {
  const packages = join(folder, ".venv", "lib");
  for (const { name } of orNone(() => [...Deno.readDirSync(packages)])) {
    const file = join(packages, name, "site-packages", "openvino", "libs", LIBRARY);
    if (orNone(() => [Deno.statSync(file)]).length > 0) return file;
  }
  return null;
}

/**
 * Does nothing where Thorax can use OpenVINO.
 *
 * @throws {InputError} Elsewhere.
 */
export function checkOpenvinoPlatform({ os, arch }: { os: string; arch: string }): void {
  if (os === "linux" && arch === "x86_64") return;
  throw new InputError(
    `OpenVINO is used on Linux on x64 only, not for ${os} on ${arch}: leave --engine away`,
  );
}

/** OpenVINO's version, such as `2026.4.1`. */
export function openvinoVersion(): string {
  const version = new BigUint64Array(2); // The build's number and the description, each a C string.
  check("OpenVINO's version", openvino().ov_get_openvino_version(version));
  return /^[\d.]+/.exec(text(pointerTo(version[0]!)))?.[0] ?? "unknown";
}

/** Throws OpenVINO's own message where a call's status is not that of success. */
export function check(what: string, status: number): void {
  if (status === 0) return;
  throw new Error(`${what}: OpenVINO ended with ${status}: ${text(openvino().ov_get_last_err_msg())}`);
}

/** Calls a function that puts a pointer where it is told to. */
export function pointerFrom(
  what: string,
  call: (result: BigUint64Array<ArrayBuffer>) => number,
): Deno.PointerObject {
  const result = new BigUint64Array(1);
  check(what, call(result));
  const pointer = pointerTo(result[0]!);
  if (pointer === null) throw new Error(`${what}: OpenVINO gave nothing`);
  return pointer;
}

/** Copies a tensor of 32-bit floats out of OpenVINO's memory. */
export function floatsOf(tensor: Deno.PointerObject): Float32Array<ArrayBuffer> {
  const data = pointerFrom("reading a tensor", (into) => openvino().ov_tensor_data(tensor, into));
  const size = new BigUint64Array(1);
  check("reading a tensor", openvino().ov_tensor_get_byte_size(tensor, size));
  return new Float32Array(readMemory(data, Number(size[0])));
}

function orNone<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
