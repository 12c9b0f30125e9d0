import { dirname, join } from "node:path";
import { InputError } from "../support/input_error.ts";
import { PROJECT } from "../support/project.ts";
import { checkLibrary } from "./check_library.ts";
import { instructionSets } from "./instruction_sets.ts";
import { quietly } from "./quietly.ts";

const SYMBOLS = {
  TF_Version: { parameters: [], result: "pointer" },
  TF_NewStatus: { parameters: [], result: "pointer" },
  TF_SetStatus: { parameters: ["pointer", "i32", "buffer"], result: "void" },
  TF_DeleteStatus: { parameters: ["pointer"], result: "void" },
  TF_GetCode: { parameters: ["pointer"], result: "i32" },
  TF_Message: { parameters: ["pointer"], result: "pointer" },

  TF_AllocateTensor: { parameters: ["i32", "buffer", "i32", "usize"], result: "pointer" },
  TF_DeleteTensor: { parameters: ["pointer"], result: "void" },
  TF_TensorData: { parameters: ["pointer"], result: "pointer" },
  TF_TensorByteSize: { parameters: ["pointer"], result: "usize" },
  TF_TensorElementCount: { parameters: ["pointer"], result: "i64" },
  TF_TensorType: { parameters: ["pointer"], result: "i32" },
  TF_NumDims: { parameters: ["pointer"], result: "i32" },
  TF_Dim: { parameters: ["pointer", "i32"], result: "i64" },
  TF_StringInit: { parameters: ["pointer"], result: "void" },
  TF_StringCopy: { parameters: ["pointer", "buffer", "usize"], result: "void" },
  TF_StringDealloc: { parameters: ["pointer"], result: "void" },
  TF_StringGetDataPointer: { parameters: ["pointer"], result: "pointer" },
  TF_StringGetSize: { parameters: ["pointer"], result: "usize" },

  TFE_NewContextOptions: { parameters: [], result: "pointer" },
  TFE_ContextOptionsSetConfig: { parameters: ["pointer", "buffer", "usize", "pointer"], result: "void" },
  TFE_DeleteContextOptions: { parameters: ["pointer"], result: "void" },
  TFE_NewContext: { parameters: ["pointer", "pointer"], result: "pointer" },
  TFE_ContextListDevices: { parameters: ["pointer", "pointer"], result: "pointer" },
  TF_DeviceListCount: { parameters: ["pointer"], result: "i32" },
  TF_DeviceListName: { parameters: ["pointer", "i32", "pointer"], result: "pointer" },
  TF_DeviceListType: { parameters: ["pointer", "i32", "pointer"], result: "pointer" },
  TF_DeleteDeviceList: { parameters: ["pointer"], result: "void" },

  TFE_NewTensorHandle: { parameters: ["pointer", "pointer"], result: "pointer" },
  TFE_DeleteTensorHandle: { parameters: ["pointer"], result: "void" },
  TFE_TensorHandleDataType: { parameters: ["pointer"], result: "i32" },
  TFE_TensorHandleNumDims: { parameters: ["pointer", "pointer"], result: "i32" },
  TFE_TensorHandleDim: { parameters: ["pointer", "i32", "pointer"], result: "i64" },
  TFE_TensorHandleResolve: { parameters: ["pointer", "pointer"], result: "pointer" },
  TFE_TensorHandleCopySharingTensor: { parameters: ["pointer", "pointer"], result: "pointer" },
  TFE_TensorHandleCopyToDevice: {
    parameters: ["pointer", "pointer", "buffer", "pointer"],
    result: "pointer",
  },

  TFE_NewOp: { parameters: ["pointer", "buffer", "pointer"], result: "pointer" },
  TFE_DeleteOp: { parameters: ["pointer"], result: "void" },
  TFE_OpSetDevice: { parameters: ["pointer", "buffer", "pointer"], result: "void" },
  TFE_OpAddInput: { parameters: ["pointer", "pointer", "pointer"], result: "void" },
  TFE_OpSetAttrString: { parameters: ["pointer", "buffer", "buffer", "usize"], result: "void" },
  TFE_OpSetAttrInt: { parameters: ["pointer", "buffer", "i64"], result: "void" },
  TFE_OpSetAttrFloat: { parameters: ["pointer", "buffer", "f32"], result: "void" },
  TFE_OpSetAttrBool: { parameters: ["pointer", "buffer", "u8"], result: "void" },
  TFE_OpSetAttrType: { parameters: ["pointer", "buffer", "i32"], result: "void" },
  TFE_OpSetAttrShape: { parameters: ["pointer", "buffer", "buffer", "i32", "pointer"], result: "void" },
  TFE_OpSetAttrTensor: { parameters: ["pointer", "buffer", "pointer", "pointer"], result: "void" },
  TFE_OpSetAttrFunctionName: { parameters: ["pointer", "buffer", "buffer", "usize"], result: "void" },
  TFE_OpSetAttrStringList: { parameters: ["pointer", "buffer", "buffer", "buffer", "i32"], result: "void" },
  TFE_OpSetAttrIntList: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TFE_OpSetAttrFloatList: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TFE_OpSetAttrBoolList: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TFE_OpSetAttrTypeList: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TFE_OpSetAttrShapeList: {
    parameters: ["pointer", "buffer", "buffer", "buffer", "i32", "pointer"],
    result: "void",
  },
  TFE_OpGetAttrType: { parameters: ["pointer", "buffer", "buffer", "pointer"], result: "i32" },
  TFE_Execute: { parameters: ["pointer", "buffer", "buffer", "pointer"], result: "void" },
  executeOffThread: {
    name: "TFE_Execute",
    parameters: ["pointer", "buffer", "buffer", "pointer"],
    result: "void",
    nonblocking: true,
  },
  TFE_EnableCollectiveOps: {
    parameters: ["pointer", "buffer", "usize", "pointer"],
    result: "void",
    nonblocking: true,
  },
  TFE_ContextAddFunction: { parameters: ["pointer", "pointer", "pointer"], result: "void" },
  TFE_ContextRemoveFunction: { parameters: ["pointer", "buffer", "pointer"], result: "void" },
  TFE_ContextGetFunctionDef: { parameters: ["pointer", "buffer", "pointer", "pointer"], result: "void" },

  TF_NewGraph: { parameters: [], result: "pointer" },
  TF_DeleteGraph: { parameters: ["pointer"], result: "void" },
  TF_NewOperation: { parameters: ["pointer", "buffer", "buffer"], result: "pointer" },
  TF_AddInput: { parameters: ["pointer", { struct: ["pointer", "i32"] }], result: "void" },
  TF_AddInputList: { parameters: ["pointer", "buffer", "i32"], result: "void" },
  TF_SetDevice: { parameters: ["pointer", "buffer"], result: "void" },
  TF_SetAttrString: { parameters: ["pointer", "buffer", "buffer", "usize"], result: "void" },
  TF_SetAttrInt: { parameters: ["pointer", "buffer", "i64"], result: "void" },
  TF_SetAttrFloat: { parameters: ["pointer", "buffer", "f32"], result: "void" },
  TF_SetAttrBool: { parameters: ["pointer", "buffer", "u8"], result: "void" },
  TF_SetAttrType: { parameters: ["pointer", "buffer", "i32"], result: "void" },
  TF_SetAttrShape: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TF_SetAttrTensor: { parameters: ["pointer", "buffer", "pointer", "pointer"], result: "void" },
  TF_SetAttrStringList: { parameters: ["pointer", "buffer", "buffer", "buffer", "i32"], result: "void" },
  TF_SetAttrIntList: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TF_SetAttrFloatList: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TF_SetAttrBoolList: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TF_SetAttrTypeList: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TF_SetAttrShapeList: { parameters: ["pointer", "buffer", "buffer", "buffer", "i32"], result: "void" },
  TF_FinishOperation: { parameters: ["pointer", "pointer"], result: "pointer" },
  TF_OperationNumOutputs: { parameters: ["pointer"], result: "i32" },
  TF_OperationOutputType: { parameters: [{ struct: ["pointer", "i32"] }], result: "i32" },
  TF_GraphGetTensorNumDims: {
    parameters: ["pointer", { struct: ["pointer", "i32"] }, "pointer"],
    result: "i32",
  },
  TF_GraphGetTensorShape: {
    parameters: ["pointer", { struct: ["pointer", "i32"] }, "buffer", "i32", "pointer"],
    result: "void",
  },
  TF_GraphToFunction: {
    parameters: [
      "pointer",
      "buffer",
      "u8",
      "i32",
      "pointer",
      "i32",
      "buffer",
      "i32",
      "buffer",
      "pointer",
      "pointer",
      "pointer",
      "pointer",
    ],
    result: "pointer",
  },
  TF_FunctionImportFunctionDef: { parameters: ["buffer", "usize", "pointer"], result: "pointer" },
  TF_GraphCopyFunction: { parameters: ["pointer", "pointer", "pointer", "pointer"], result: "void" },
  TF_DeleteFunction: { parameters: ["pointer"], result: "void" },
  TF_GetAllOpList: { parameters: [], result: "pointer" },
  TF_NewBuffer: { parameters: [], result: "pointer" },
  TF_NewBufferFromString: { parameters: ["buffer", "usize"], result: "pointer" },
  TF_DeleteBuffer: { parameters: ["pointer"], result: "void" },

  TF_NewSessionOptions: { parameters: [], result: "pointer" },
  TF_DeleteSessionOptions: { parameters: ["pointer"], result: "void" },
  TF_SetConfig: { parameters: ["pointer", "buffer", "usize", "pointer"], result: "void" },
  TF_NewSession: { parameters: ["pointer", "pointer", "pointer"], result: "pointer" },
  TF_LoadSessionFromSavedModel: {
    parameters: ["pointer", "pointer", "buffer", "buffer", "i32", "pointer", "pointer", "pointer"],
    result: "pointer",
  },
  TF_CloseSession: { parameters: ["pointer", "pointer"], result: "void" },
  TF_DeleteSession: { parameters: ["pointer", "pointer"], result: "void" },
  TF_GraphOperationByName: { parameters: ["pointer", "buffer"], result: "pointer" },
  TF_SessionRun: {
    parameters: [
      "pointer",
      "pointer",
      "buffer",
      "buffer",
      "i32",
      "buffer",
      "buffer",
      "i32",
      "pointer",
      "i32",
      "pointer",
      "pointer",
    ],
    result: "void",
  },

  // libc's, which the library is linked against, with the types that memory.ts and quietly.ts need.
  addressOfPointer: { name: "memcpy", parameters: ["pointer", "buffer", "usize"], result: "u64" },
  addressOfBuffer: { name: "memcpy", parameters: ["buffer", "buffer", "usize"], result: "u64" },
  pointerToAddress: { name: "memcpy", parameters: ["u64", "buffer", "usize"], result: "pointer" },
  copyOut: { name: "memcpy", parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  copyIn: { name: "memcpy", parameters: ["pointer", "buffer", "usize"], result: "pointer" },
  exitAtOnce: { name: "_exit", parameters: ["i32"], result: "void" },
  strlen: { parameters: ["pointer"], result: "usize" },
  dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of TensorFlow's C API that this project calls, under their own names. */
export type TensorFlowApi = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** The environment variable that turns TensorFlow's oneDNN operations on or off; read when the library is loaded. */
const ONEDNN_OPTION = "TF_ENABLE_ONEDNN_OPTS";

let api: TensorFlowApi | undefined;

/**
 * TensorFlow's C API, loaded on first use from the file that {@linkcode libraryFile} names.
 *
 * @throws {InputError} Where the library is missing or cannot be loaded; the message says what to type.
 */
export function tensorflow(): TensorFlowApi {
  return api ??= load(libraryFile());
}

/**
 * The TensorFlow library file: what the environment variable `TENSORFLOW_LIBRARY` names, else the one that
 * `deno task setup` put into the project's `.venv`.
 *
 * @throws {InputError} Where there is no such file; the message says what to type.
 */
export function libraryFile(): string {
  const named = Deno.env.get("TENSORFLOW_LIBRARY");
  if (named) {
    if (!exists(named)) throw new InputError(`TENSORFLOW_LIBRARY names ${named}, which does not exist`);
    return named;
  }
  if (Deno.build.os === "windows") {
    throw new InputError("TensorFlow's library is not published for Windows: run this project in WSL 2");
  }
  const file = libraryIn(PROJECT);
  if (file !== null) return file;
  throw new InputError(
    "The TensorFlow library is not installed: run `deno task setup`, or call ensureTensorFlow()",
  );
}

/** The TensorFlow library file in the `.venv` of a folder; null where there is none. */
export function libraryIn(folder: string): string | null {
  const packages = join(folder, ".venv", "lib");
  const files = directoryNames(packages).map((python) =>
    join(packages, python, "site-packages", "tensorflow", libraryName())
  );
  return files.find(exists) ?? null;
}

/** The file name of TensorFlow's library on an operating system. */
export function libraryName(os: typeof Deno.build.os = Deno.build.os): string {
  return os === "darwin" ? "libtensorflow_cc.2.dylib" : "libtensorflow_cc.so.2";
}

function load(file: string): TensorFlowApi {
  checkLibrary(file);
  Deno.env.get("TF_CPP_MIN_LOG_LEVEL") ?? Deno.env.set("TF_CPP_MIN_LOG_LEVEL", "3");
  if (Deno.build.arch === "x86_64" && gainsByOnednn()) {
    Deno.env.get(ONEDNN_OPTION) ?? Deno.env.set(ONEDNN_OPTION, "1");
  }
  try {
    return quietly(() => {
      checkVersion(versionOf(file), file);
      const { symbols } = Deno.dlopen(file, SYMBOLS);
      keepLoaded(symbols, file);
      return symbols;
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `The TensorFlow library ${file} cannot be loaded (folder ${dirname(file)}): ${reason}`,
    );
  }
}

/** The versions of TensorFlow whose libraries have been run: the least, and the newest. */
const VERSIONS = ["2.16", "2.21"] as const;

/** The version of a library, such as `2.21.0`, by functions that every version has. */
function versionOf(file: string): string {
  const { TF_Version, strlen, copyOut } = SYMBOLS;
  const { symbols } = Deno.dlopen(file, { TF_Version, strlen, copyOut });
  const version = symbols.TF_Version();
  const bytes = new Uint8Array(Number(symbols.strlen(version)));
  symbols.copyOut(bytes, version, BigInt(bytes.length));
  return new TextDecoder().decode(bytes);
}

/**
 * Makes sure that a TensorFlow is new enough. A newer one than any that was run is tried.
 *
 * @throws {InputError} It is older than all that have been run; one line that names those which work.
 */
export function checkVersion(version: string, file: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [least, newest] = VERSIONS;
  const [leastMajor = 0, leastMinor = 0] = least.split(".").map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new InputError(
    `${file} is TensorFlow ${version}, which is too old: ${least} to ${newest} work; run \`deno task setup\``,
  );
}

/**
 * Whether TensorFlow's oneDNN operations are faster here than its others. By itself it takes them only where the
 * processor has AVX-512 VNNI or newer. ResNet-56 v2 at 64x64 trains and scores 1.6 and 1.4 times as fast with them on
 * AVX2, 1.6 times as fast on AVX-512 without VNNI, 1.2 and 0.55 times on AVX alone. Every x86 processor since 2015 has
 * AVX2, so that is what one is taken to have whose instruction sets are not known.
 */
export function gainsByOnednn(sets: ReadonlySet<string> | null = instructionSets()): boolean {
  return sets === null || sets.has("avx2");
}

/**
 * Holds the library until the process ends. Deno would unload it before, while TensorFlow's threads still run in it.
 */
function keepLoaded({ dlopen }: TensorFlowApi, file: string): void {
  const lazily = 1;
  dlopen(new TextEncoder().encode(file + "\0"), lazily);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function directoryNames(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map((entry) => entry.name).sort();
  } catch {
    return [];
  }
}
