import { InputError } from "./input_error.ts";
import { quoteJson } from "./printable.ts";
import { isPublicAddress } from "./public_address.ts";

/** The workers that share a training, and which of them this process is. */
export interface WorkerList {
  /** `host:port` of each. */
  addresses: readonly string[];
  /** The index of this process. */
  index: number;
}

/** What says who the workers are. */
export interface WorkerListSource {
  /** `--workers`: `host:port` of each, separated by commas. */
  workers?: string | undefined;
  /** `--worker`: the index of this one. */
  worker?: number | undefined;
  /** The environment variable `TF_CONFIG`, which counts where the flags are not given. */
  tfConfig?: string | undefined;
  /** Whether addresses of the public internet are allowed. */
  trustNetwork?: boolean | undefined;
}

/** The most workers. */
const MOST = 1024;

/**
 * Who the workers are: by flags, else by `TF_CONFIG` as TensorFlow has it,
 * `{"cluster": {"worker": ["a:2222", "b:2222"]}, "task": {"type": "worker", "index": 0}}`.
 *
 * @returns null where neither names any.
 * @throws {InputError} For a list or index that cannot be, other kinds of jobs in `TF_CONFIG`, and addresses of the public
 * internet that are not allowed.
 */
export function workerList(source: WorkerListSource): WorkerList | null {
  const { workers, worker, tfConfig, trustNetwork = false } = source;
  if (workers === undefined && worker !== undefined) {
    throw new InputError(`--worker ${worker}: needs --workers with the addresses of all`);
  }
  if (workers !== undefined) {
    if (worker === undefined) {
      throw new InputError("--workers: which of them is this one? Say --worker 0, 1, ...");
    }
    return checked({ addresses: workers.split(","), index: worker }, { from: "--workers", trustNetwork });
  }
  if (tfConfig === undefined || tfConfig.trim() === "") return null;
  return checked(listOf(tfConfig), { from: "TF_CONFIG", trustNetwork });
}

function listOf(tfConfig: string): WorkerList {
  let config: { cluster?: Record<string, unknown>; task?: { type?: unknown; index?: unknown } } | null;
  try {
    config = JSON.parse(tfConfig);
  } catch (error) {
    throw new InputError(`TF_CONFIG: no JSON: ${(error as Error).message}`);
  }
  const { cluster = {}, task = {} } = config ?? {};
  const other = Object.keys(cluster).find((type) => type !== "worker");
  if (other !== undefined) {
    throw new InputError(`TF_CONFIG: jobs of type "${other}": only workers train together here`);
  }
  if (task.type !== "worker") {
    throw new InputError(
      `TF_CONFIG: this task is of ${
        task.type === undefined ? "no type" : `type ${quoteJson(task.type)}`
      }: only "worker" trains here`,
    );
  }
  const { worker } = cluster;
  if (
    !Array.isArray(worker) || worker.length === 0 || !worker.every((address) => typeof address === "string")
  ) {
    throw new InputError("TF_CONFIG: cluster.worker is no list of host:port");
  }
  const index = Number(task.index);
  return { addresses: worker, index };
}

function checked(
  { addresses, index }: WorkerList,
  { from, trustNetwork }: { from: string; trustNetwork: boolean },
): WorkerList {
  for (const [i, address] of addresses.entries()) {
    const [, host, port] = address.match(/^(\[[0-9a-f:]+\]|[a-z0-9._-]+):(\d{1,5})$/i) ?? [];
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
      throw new InputError(
        `${from}: worker ${i} is ${JSON.stringify(address)}: expected host:port, such as a:2222`,
      );
    }
    const bare = host.replace(/^\[|\]$/g, "");
    if (bare === "0.0.0.0" || bare === "::") {
      throw new InputError(
        `${from}: worker ${i} is ${address}: expected an address at which the others reach it`,
      );
    }
    if (addresses.indexOf(address) !== i) throw new InputError(`${from}: ${address} is there twice`);
    if (!trustNetwork && isPublicAddress(bare)) {
      throw new InputError(
        `${from}: worker ${i} is ${address}, an address of the public internet, and workers trust whoever reaches ` +
          "their ports: use a private network, or say --trust-network",
      );
    }
  }
  if (addresses.length > MOST) {
    throw new InputError(`${from}: ${addresses.length} workers, more than ${MOST}`);
  }
  if (!Number.isInteger(index) || index < 0 || index >= addresses.length) {
    const last = addresses.length - 1;
    throw new InputError(`${from}: this one is worker ${index}, and they are numbered from 0 to ${last}`);
  }
  return { addresses, index };
}
