import { tensorflow } from "./library.ts";
import { addressOf, addressOfBuffer, pointerTo } from "./memory.ts";
import { check, cString, status } from "./status.ts";

/** A saved model's graph in a session of its own. */
export interface SavedModelSession {
  session: Deno.PointerObject;
  graph: Deno.PointerObject;
}

/** What one run of a saved model takes and gives; names are `operation:output`, such as `serving_default_x:0`. */
export interface SavedModelRun {
  /** Tensor handles, one for each input name. */
  inputs: readonly Deno.PointerObject[];
  inputNames: readonly string[];
  outputNames: readonly string[];
}

/**
 * Loads a saved model's graph and variables.
 *
 * @param tags The tags of the graph to load, comma-separated, such as `serve`.
 * @throws {Error} With TensorFlow's own message.
 */
export function openSavedModel(folder: string, tags: string): SavedModelSession {
  const api = tensorflow();
  const options = api.TF_NewSessionOptions();
  const graph = api.TF_NewGraph()!;
  const texts = tags.split(",").map(cString);
  const places = BigUint64Array.from(texts, addressOfBuffer);
  const session = api.TF_LoadSessionFromSavedModel(
    options,
    null,
    cString(folder),
    places,
    texts.length,
    graph,
    null,
    status(),
  );
  api.TF_DeleteSessionOptions(options);
  try {
    check(`Saved model ${folder}`);
  } catch (error) {
    api.TF_DeleteGraph(graph);
    throw error;
  }
  return { session: session!, graph };
}

/** Runs a saved model and returns a new handle for each output name. */
export function runSavedModel(model: SavedModelSession, run: SavedModelRun): Deno.PointerObject[] {
  const api = tensorflow();
  const tensors = run.inputs.map((handle) => {
    const tensor = api.TFE_TensorHandleResolve(handle, status());
    check("Saved model's input");
    return tensor!;
  });
  const inputValues = BigUint64Array.from(tensors, addressOf);
  const outputValues = new BigUint64Array(Math.max(run.outputNames.length, 1));
  api.TF_SessionRun(
    model.session,
    null,
    endpoints(model, run.inputNames),
    inputValues,
    tensors.length,
    endpoints(model, run.outputNames),
    outputValues,
    run.outputNames.length,
    null,
    0,
    null,
    status(),
  );
  for (const tensor of tensors) api.TF_DeleteTensor(tensor);
  check("Saved model");
  return run.outputNames.map((_, i) => {
    const tensor = pointerTo(outputValues[i]!);
    const handle = api.TFE_NewTensorHandle(tensor, status());
    api.TF_DeleteTensor(tensor);
    check("Saved model's output");
    return handle!;
  });
}

/** Frees a saved model. */
export function closeSavedModel({ session, graph }: SavedModelSession): void {
  const api = tensorflow();
  api.TF_CloseSession(session, status());
  api.TF_DeleteSession(session, status());
  api.TF_DeleteGraph(graph);
  check("Closing a saved model");
}

function endpoints(model: SavedModelSession, names: readonly string[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(Math.max(names.length, 1) * 16);
  const view = new DataView(packed.buffer);
  names.forEach((name, i) => {
    const [operationName, index = "0"] = name.split(":");
    const operation = tensorflow().TF_GraphOperationByName(model.graph, cString(operationName!));
    if (operation === null) throw new Error(`The saved model has no operation named ${operationName}`);
    view.setBigUint64(i * 16, addressOf(operation), true);
    view.setInt32(i * 16 + 8, Number(index), true);
  });
  return packed;
}
