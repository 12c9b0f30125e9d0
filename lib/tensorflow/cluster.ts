import { messageOf } from "../support/protobuf.ts";
import type { Attribute } from "./attributes.ts";
import { backend, binding, tf } from "./backend.ts";
import { configureContext, eagerContext, hasGpu, threads } from "./context.ts";
import { AttributeType, DataType } from "./data_type.ts";
import { executeOffThread } from "./eager.ts";
import { tensorflow } from "./library.ts";
import { serverDef } from "./server_def.ts";
import { check, newStatus } from "./status.ts";

/** Which processes compute together, and which of them this one is. */
export interface JoinClusterOptions {
  /** `host:port` of every worker, the same list everywhere. */
  workers: readonly string[];
  /** The index of this process in that list. */
  index: number;
}

/** What the collective operations of this process are told. */
interface Membership {
  workers: number;
  index: number;
  /** How TensorFlow is to communicate: rings over gRPC, or NVIDIA's NCCL between GPUs. */
  hint: "ring" | "nccl";
}

let membership: Membership | null = null;

/** Who leads the group of workers, and decides who belongs to it. */
const LEADER = "/job:worker/replica:0/task:0";

/** All workers form one group. */
const GROUP_KEY = 1;

/**
 * Collective operations are told apart by counting up, those of graphs while they are traced. TensorFlow remembers the
 * type of each.
 */
let instance = 1000;

/**
 * Joins this process with others to TensorFlow's collective runtime, the one under Keras'
 * `MultiWorkerMirroredStrategy`: a server on this worker's port, on every network interface and without
 * authentication, that is there until the process ends. Call it before TensorFlow is used, in every process, and let
 * all have returned before the first collective operation.
 *
 * @throws {Error} Where TensorFlow is in use already, or the port cannot be listened on.
 */
export async function joinCluster({ workers, index }: JoinClusterOptions): Promise<void> {
  // ConfigProto.experimental (16).collective_group_leader (1)
  configureContext(messageOf([[16, [[1, LEADER]]]]));
  const definition = serverDef({ workers, index, leader: LEADER, threads: threads() });
  const status = newStatus();
  const context = eagerContext();
  exitAtOnce();
  await tensorflow().TFE_EnableCollectiveOps(context, definition, BigInt(definition.length), status);
  check("Joining the other workers", status);
  tensorflow().TF_DeleteStatus(status);
  membership = { workers: workers.length, index, hint: hasGpu() ? "nccl" : "ring" };
}

/**
 * Lets `Deno.exit` end this process at once: joining and an operation that wait for a worker that is gone cannot be ended, and
 * TensorFlow crashes where it is taken down under one.
 */
function exitAtOnce(): void {
  const exit = tensorflow().exitAtOnce;
  Deno.exit = (code = Deno.exitCode): never => {
    exit(code);
    throw new Error("A process that has ended goes on");
  };
}

/** How tensors are reduced. */
export interface AllReduceOptions {
  /** Whether the mean is wanted instead of the sum. Default: false. */
  mean?: boolean;
  /** What is sent: float32, or values rounded to bfloat16, which are half the bytes. Default: float32. */
  precision?: "float32" | "bfloat16";
}

/**
 * The sum or mean of a vector over all workers, as part of a traced graph. All workers have to trace the same graphs, and
 * to run all collective operations, in the same order.
 *
 * @param x [n], float32, of the same size on every worker.
 * @throws {Error} When it runs, where a worker is gone.
 */
export function allReduce(
  x: tf.Tensor1D,
  { mean = false, precision = "float32" }: AllReduceOptions = {},
): tf.Tensor1D {
  const type = precision === "bfloat16" ? DataType.BFLOAT16 : DataType.FLOAT;
  const keys = keyTensors(instance++);
  const idOf = (tensor: tf.Tensor) => backend().getInputTensorIds([tensor])[0]!;
  const run = (name: string, attributes: Attribute[], inputs: number[]) =>
    binding.executeOp(name, attributes, inputs, 1)[0]!;
  // TensorFlow.js has no 16-bit types, so that these tensors never become its own.
  const sent = type === DataType.FLOAT ? idOf(x) : run("Cast", cast(DataType.FLOAT, type), [idOf(x)]).id;
  const reduced = run("CollectiveReduceV2", reduceAttributes(type, { mean }), [sent, ...keys.map(idOf)]);
  tf.dispose(keys);
  if (type === DataType.FLOAT) return backend().createOutputTensor(reduced);
  const received = run("Cast", cast(type, DataType.FLOAT), [reduced.id]);
  for (const id of [sent, reduced.id]) binding.deleteTensor(id);
  return backend().createOutputTensor(received);
}

/**
 * The vectors of all workers, as part of a traced graph: [n] becomes [workers, n], the same bits on each. A sum of
 * vectors that are zero but for each worker's own.
 *
 * @param x [n], float32, of the same size on every worker.
 * @throws {Error} When it runs, where a worker is gone.
 */
export function allGather(x: tf.Tensor1D): tf.Tensor2D {
  const { workers, index } = member();
  const [before, after] = [index * x.size, (workers - 1 - index) * x.size];
  const placed = tf.pad(x, [[before, after]]);
  return tf.reshape(allReduce(placed), [workers, x.size]);
}

/**
 * The sum of a vector over all workers, at once and off the main thread.
 *
 * @param x [n], float32, of the same size on every worker.
 * @throws {Error} Where a worker is gone.
 */
export function allReduceNow(x: tf.Tensor1D): Promise<tf.Tensor1D> {
  return runNow("CollectiveReduceV2", reduceAttributes(DataType.FLOAT, {}), { before: [x] });
}

/**
 * Worker 0's values, at once and off the main thread.
 *
 * @param x [n], float32, of the same size on every worker; its values count on worker 0 only.
 * @throws {Error} Where a worker is gone.
 */
export async function broadcastNow(x: tf.Tensor1D): Promise<tf.Tensor1D> {
  const { index, hint } = member();
  const attributes: Attribute[] = [
    { name: "T", type: AttributeType.TYPE, value: DataType.FLOAT },
    { name: "communication_hint", type: AttributeType.STRING, value: hint },
    { name: "timeout_seconds", type: AttributeType.FLOAT, value: 0 },
  ];
  if (index === 0) return await runNow("CollectiveBcastSendV2", attributes, { before: [x] });
  const shape = tf.tensor1d(x.shape, "int32");
  try {
    attributes.push({ name: "Tshape", type: AttributeType.TYPE, value: DataType.INT32 });
    return await runNow("CollectiveBcastRecvV2", attributes, { after: [shape] });
  } finally {
    shape.dispose();
  }
}

async function runNow(
  name: string,
  attributes: Attribute[],
  { before = [], after = [] }: { before?: tf.Tensor[]; after?: tf.Tensor[] },
): Promise<tf.Tensor1D> {
  const keys = keyTensors(instance++);
  const inputs = [...before, ...keys, ...after];
  const handles = backend().getInputTensorIds(inputs).map((id) => binding.handle(id));
  try {
    const [output] = await executeOffThread(name, attributes, handles);
    return backend().createOutputTensor(binding.addHandle(output!));
  } finally {
    tf.dispose(keys);
  }
}

/** The group's size, the group's key and the operation's key. */
function keyTensors(key: number): tf.Scalar[] {
  return [member().workers, GROUP_KEY, key].map((value) => tf.scalar(value, "int32"));
}

function reduceAttributes(type: number, { mean = false }: { mean?: boolean }): Attribute[] {
  return [
    { name: "T", type: AttributeType.TYPE, value: type },
    { name: "merge_op", type: AttributeType.STRING, value: "Add" },
    { name: "final_op", type: AttributeType.STRING, value: mean ? "Div" : "Id" },
    { name: "communication_hint", type: AttributeType.STRING, value: member().hint },
    { name: "timeout_seconds", type: AttributeType.FLOAT, value: 0 },
    { name: "Nordering_token", type: AttributeType.INT, value: 0 },
  ];
}

function cast(from: number, to: number): Attribute[] {
  return [
    { name: "SrcT", type: AttributeType.TYPE, value: from },
    { name: "DstT", type: AttributeType.TYPE, value: to },
    { name: "Truncate", type: AttributeType.BOOL, value: false },
  ];
}

function member(): Membership {
  if (membership === null) throw new Error("This process has not joined other workers");
  return membership;
}
