import { type Field, messageOf } from "../support/protobuf.ts";

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
  const tasks = workers.map((address, i): Field => [2, [[1, i], [2, address]]]);
  const config: Field[] = [
    [2, threads], // intra_op_parallelism_threads
    [5, threads], // inter_op_parallelism_threads
    [4, `/job:worker/task:${index}`], // device_filters
    [6, [[4, 1]]], // gpu_options.allow_growth
    [16, [[1, leader]]], // experimental.collective_group_leader
  ];
  return messageOf([
    [1, [[1, [[1, "worker"], ...tasks]]]], // cluster.job
    [2, "worker"], // job_name
    [3, index], // task_index
    [4, config], // default_session_config
    [5, "grpc"], // protocol
  ]);
}
