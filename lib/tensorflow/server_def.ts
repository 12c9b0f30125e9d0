/** A field of a protobuf message: its number, and a number, a text or a message. */
export type ProtobufField = readonly [number: number, value: number | string | readonly ProtobufField[]];

/** A message as protobuf has it on the wire: varints for numbers, a length and bytes for texts and messages. */
export function toProtobuf(fields: readonly ProtobufField[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(fields.flatMap(([number, value]) => {
    if (typeof value === "number") return [...varint(number << 3), ...varint(value)];
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : toProtobuf(value);
    return [...varint(number << 3 | 2), ...varint(bytes.length), ...bytes];
  }));
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value % 128 | 128, ...varint(Math.floor(value / 128))];
}

/** What a worker's server is told. */
export interface ServerDefOptions {
  /** `host:port` of every worker. */
  workers: readonly string[];
  /** The index of this one. */
  index: number;
  /** The name of the task that leads the group. */
  leader: string;
  /** Threads that compute. */
  threads: number;
}

/**
 * TensorFlow's `ServerDef` (tensorflow/core/protobuf/tensorflow_server.proto) of one worker, as
 * `MultiWorkerMirroredStrategy` makes it, without the coordination service: who is alive is known otherwise.
 */
export function serverDef({ workers, index, leader, threads }: ServerDefOptions): Uint8Array<ArrayBuffer> {
  const tasks = workers.map((address, i): ProtobufField => [2, [[1, i], [2, address]]]);
  const config: ProtobufField[] = [
    [2, threads], // intra_op_parallelism_threads
    [5, threads], // inter_op_parallelism_threads
    [4, `/job:worker/task:${index}`], // device_filters
    [6, [[4, 1]]], // gpu_options.allow_growth
    [16, [[1, leader]]], // experimental.collective_group_leader
  ];
  return toProtobuf([
    [1, [[1, [[1, "worker"], ...tasks]]]], // cluster.job
    [2, "worker"], // job_name
    [3, index], // task_index
    [4, config], // default_session_config
    [5, "grpc"], // protocol
  ]);
}
