import { cString } from "../tensorflow/status.ts";
import { writeMemory } from "../tensorflow/memory.ts";
import { check, floatsOf, openvino, pointerFrom } from "./library.ts";

/** A network that OpenVINO has compiled for this machine's processor. */
export interface CompiledNetwork extends Disposable {
  /**
   * Runs the network on another thread; calls follow each other.
   *
   * @param input The values of its only input.
   * @returns The values of its outputs, in their order.
   */
  infer(input: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>[]>;
}

/**
 * Compiles a network of 32-bit floats, which are computed as such.
 *
 * @param onnx The bytes of an ONNX file whose input and outputs have fixed sizes.
 * @param options `outputs` is the number of its outputs; `threads` the number of threads, 0 for one on each core.
 */
export function compileNetwork(
  onnx: Uint8Array<ArrayBuffer>,
  { outputs, threads }: { outputs: number; threads: number },
): CompiledNetwork {
  const api = openvino();
  using stack = new DisposableStack();
  const core = stack.adopt(pointerFrom("OpenVINO", (into) => api.ov_core_create(into)), api.ov_core_free);
  const model = stack.adopt(
    pointerFrom(
      "reading the network",
      (into) => api.ov_core_read_model_from_memory_buffer(core, onnx, BigInt(onnx.length), null, into),
    ),
    api.ov_model_free,
  );
  const properties = [
    ["INFERENCE_PRECISION_HINT", "f32"],
    ["NUM_STREAMS", "1"],
    ["INFERENCE_NUM_THREADS", String(threads)],
  ].flat().map(cString) as [Text, Text, Text, Text, Text, Text];
  const compiled = stack.adopt(
    pointerFrom(
      "compiling the network",
      (into) =>
        api.ov_core_compile_model(
          core,
          model,
          cString("CPU"),
          BigInt(properties.length),
          into,
          ...properties,
        ),
    ),
    api.ov_compiled_model_free,
  );
  const request = stack.adopt(
    pointerFrom(
      "preparing the network",
      (into) => api.ov_compiled_model_create_infer_request(compiled, into),
    ),
    api.ov_infer_request_free,
  );
  const input = stack.adopt(
    pointerFrom(
      "preparing the network",
      (into) => api.ov_infer_request_get_input_tensor_by_index(request, 0n, into),
    ),
    api.ov_tensor_free,
  );
  const results = Array.from({ length: outputs }, (_, index) =>
    stack.adopt(
      pointerFrom(
        "preparing the network",
        (into) => api.ov_infer_request_get_output_tensor_by_index(request, BigInt(index), into),
      ),
      api.ov_tensor_free,
    ));
  const size = floatsOf(input).length;
  const place = pointerFrom("preparing the network", (into) => api.ov_tensor_data(input, into));
  const kept = stack.move();

  async function inferNext(values: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>[]> {
    if (values.length !== size) throw new Error(`The network takes ${size} values, not ${values.length}`);
    writeMemory(place, values);
    check("running the network", await api.ov_infer_request_infer(request));
    return results.map(floatsOf);
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    infer(values) {
      const next = last.then(() => inferNext(values));
      last = next.catch(() => {});
      return next;
    },
    [Symbol.dispose]: () => kept.dispose(),
  };
}

type Text = Uint8Array<ArrayBuffer>;
