import { backend, binding, tf } from "./backend.ts";
import type { Trace } from "./binding.ts";
import {
  compile,
  type ConcreteFunction,
  type GraphArgument,
  type GraphOptions,
  withInputs,
} from "./concrete_function.ts";
import { execute } from "./eager.ts";
import { nextFirstValueSeed, nextSeed, withoutJavaScriptRandomness } from "./random.ts";
import { type GraphTensor, newRecorder } from "./recorder.ts";
import { flatten, type GraphResult, type Structure } from "./result_structure.ts";
import { shareHandle } from "./tensor_handle.ts";
import { idOf, ownId, registeredVariables, setId } from "./variables.ts";

/** Whether a traced function is called by another, or by one whose gradient is wanted: it then becomes part of that. */
export function isTracing(): boolean {
  return binding.trace !== null || tf.engine().state.gradientDepth > 0;
}

/**
 * Traces a function for some arguments. Variables that it makes when it is first called are initialised.
 *
 * @throws {Error} Where it makes variables again when it is traced a second time.
 */
export function trace<Arguments extends GraphArgument[]>(
  traced: (...args: Arguments) => GraphResult,
  args: Arguments,
  options: GraphOptions,
): ConcreteFunction {
  const first = traceOnce(traced, args, options);
  if (first.made.length === 0) return first.concrete;
  // A function such as an optimiser's makes its variables when it is first called: now that they exist, it is
  // retraced and finds them.
  first.concrete.free();
  const again = traceOnce(traced, args, options);
  if (again.made.length === 0) return again.concrete;
  again.concrete.free();
  const [{ name }] = again.made as [tf.Variable];
  for (const variable of again.made) variable.dispose();
  throw new Error(
    `A traced function may make variables only when it is first called, not at every call: ${name}`,
  );
}

/**
 * One trace: the graph, and the variables that were made during it. Where there are any, the graph is that of their
 * initial values, which they have by now; else it is that of the function.
 */
function traceOnce<Arguments extends GraphArgument[]>(
  traced: (...args: Arguments) => GraphResult,
  args: Arguments,
  options: GraphOptions,
): { concrete: ConcreteFunction; made: tf.Variable[] } {
  const recorder = newRecorder();
  const variables = new Map(registeredVariables().map((variable) => [ownId(variable), variable]));
  const under = binding.startTrace(recorder);
  let changed: [number, tf.Variable][] = [];
  let made: tf.Variable[] = [];
  const initialValues = new Map<tf.Variable, GraphTensor>();
  try {
    const placeholders: GraphTensor[] = [];
    let results: GraphTensor[] = [];
    let updates: GraphTensor[] = [];
    let structure: Structure = null;
    tf.tidy(() => {
      const inside = args.map((arg) => {
        if (!(arg instanceof tf.Tensor)) return arg;
        const placeholder = recorder.placeholder(arg.shape, binding.dtype(idOf(arg)));
        placeholders.push(placeholder);
        return backend().createOutputTensor(binding.addNode(placeholder));
      }) as Arguments;
      const result = captureInitialValues(
        initialValues,
        () => withoutJavaScriptRandomness(() => traced(...inside)),
      );
      const { tensors, structure: found } = flatten(result);
      structure = found;
      changed = assignedOf(variables);
      made = registeredVariables().filter((variable) => initialValues.has(variable));
      const graphTensorOf = (tensor: tf.Tensor) => binding.graphTensor(idOf(tensor));
      results = tensors.map(graphTensorOf);
      updates = changed.map(([, variable]) => graphTensorOf(variable));
    });
    restore(changed, under);
    binding.endTrace();

    const isInitialising = made.length > 0;
    const concrete: ConcreteFunction = {
      ...compile({
        recorder,
        name: (options.name ?? traced.name) || "graph",
        inputs: [...placeholders, ...under.captured.values(), ...(under.seed ? [under.seed] : [])],
        outputs: isInitialising
          ? made.map((variable) => initialValues.get(variable)!)
          : [...results, ...updates],
        captured: [...under.captured].map(([id]) => variables.get(id) ?? shareHandle(binding.handle(id))),
      }, options),
      seed: under.seed === null ? null : isInitialising ? nextFirstValueSeed : nextSeed,
      structure,
      assigned: changed.map(([, variable]) => variable),
    };
    if (isInitialising) initialise(concrete, { args, made });
    return { concrete, made };
  } catch (error) {
    restore(assignedOf(variables), under);
    for (const variable of initialValues.keys()) if (!variable.isDisposed) variable.dispose();
    throw error;
  } finally {
    binding.endTrace();
    binding.freeDeleted(under);
    recorder.close();
  }
}

/** Those variables that have another value than before the trace, with the id of the value that they had. */
function assignedOf(variables: ReadonlyMap<number, tf.Variable>): [number, tf.Variable][] {
  return [...variables].filter(([id, variable]) => !variable.isDisposed && idOf(variable) !== id);
}

/** Gives variables back the values that they had before the trace, which are still alive then. */
function restore(changed: readonly [number, tf.Variable][], under: Trace): void {
  for (const [id, variable] of changed) setId(variable, id);
  const kept = new Set(changed.map(([id]) => id));
  under.deleted = under.deleted.filter((id) => !kept.has(id));
}

/** Runs a function over tensors and keeps the initial value of each variable that it makes. */
function captureInitialValues<T>(initialValues: Map<tf.Variable, GraphTensor>, work: () => T): T {
  const engine = tf.engine();
  const { makeVariable } = engine;
  engine.makeVariable = (...args) => {
    const variable = makeVariable.apply(engine, args);
    initialValues.set(variable, binding.graphTensor(idOf(variable)));
    return variable;
  };
  try {
    return work();
  } finally {
    engine.makeVariable = makeVariable;
  }
}

/** Runs the graph of initial values and gives them to the variables that were made during its trace. */
function initialise(
  concrete: ConcreteFunction,
  { args, made }: { args: readonly GraphArgument[]; made: readonly tf.Variable[] },
): void {
  const handles = withInputs(concrete, args, (inputs) => execute(concrete.name, concrete.attributes, inputs));
  handles.forEach((handle, i) => setId(made[i]!, binding.addHandle(handle).id));
}

/**
 * Abstract evaluation, as `jax.eval_shape`: runs a function over tensors without computing anything, to learn shapes.
 * Its operations are recorded in a graph that is then thrown away.
 */
export function evalShape<T>(work: () => T): T {
  const recorder = newRecorder();
  const under = binding.startTrace(recorder);
  try {
    let result: T;
    tf.tidy(() => void (result = work()));
    return result!;
  } finally {
    binding.endTrace();
    binding.freeDeleted(under);
    recorder.close();
  }
}
