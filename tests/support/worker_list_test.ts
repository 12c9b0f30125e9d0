import { deepEqual, equal, throws } from "node:assert/strict";
import { workerList, type WorkerListSource } from "../../lib/support/worker_list.ts";

const complaint = (source: WorkerListSource, message: RegExp) =>
  throws(() => workerList(source), { name: "InputError", message });
const tfConfig = (cluster: unknown, task: unknown = { type: "worker", index: 1 }) => ({
  tfConfig: JSON.stringify({ cluster, task }),
});

Deno.test("workers are named by flags, else by TF_CONFIG, else by nobody", () => {
  deepEqual(workerList({ workers: "a:2222,b:2222", worker: 1 }), {
    addresses: ["a:2222", "b:2222"],
    index: 1,
  });
  const config = tfConfig({ worker: ["10.0.0.1:1", "[fd00::2]:2"] });
  deepEqual(workerList(config), { addresses: ["10.0.0.1:1", "[fd00::2]:2"], index: 1 });
  deepEqual(workerList({ ...config, workers: "a:1", worker: 0 }), { addresses: ["a:1"], index: 0 });
  equal(workerList({}), null);
  equal(workerList({ tfConfig: " " }), null);
});

Deno.test("jobs of other types in TF_CONFIG are refused by name", () => {
  for (const job of ["chief", "ps", "evaluator"]) {
    complaint(
      tfConfig({ [job]: ["a:1"], worker: ["b:1", "c:1"] }),
      new RegExp(`^TF_CONFIG: jobs of type "${job}": only workers train together here$`),
    );
  }
  complaint(
    tfConfig({ worker: ["a:1"] }, { type: "evaluator", index: 0 }),
    /^TF_CONFIG: this task is of type "evaluator": only "worker" trains here$/,
  );
  complaint({ tfConfig: "[]" }, /^TF_CONFIG: this task is of no type: only "worker" trains here$/);
  complaint(tfConfig({ worker: [] }), /^TF_CONFIG: cluster\.worker is no list of host:port$/);
  complaint(tfConfig({ worker: "a:1" }), /^TF_CONFIG: cluster\.worker is no list of host:port$/);
  complaint({ tfConfig: "{" }, /^TF_CONFIG: no JSON: /);
  complaint(
    tfConfig({ worker: ["a:1", "b:1"] }, { type: "worker", index: 2 }),
    /^TF_CONFIG: this one is worker 2, and they are numbered from 0 to 1$/,
  );
});

Deno.test("a list that cannot be is one line", () => {
  complaint({ worker: 1 }, /^--worker 1: needs --workers with the addresses of all$/);
  complaint({ workers: "a:1,b:1" }, /^--workers: which of them is this one\?/);
  complaint({ workers: "a:1,b", worker: 0 }, /^--workers: worker 1 is "b": expected host:port/);
  complaint({ workers: "a:1,b:70000", worker: 0 }, /^--workers: worker 1 is "b:70000": expected host:port/);
  complaint({ workers: "a:1,a:1", worker: 0 }, /^--workers: a:1 is there twice$/);
  complaint(
    { workers: "a:1,0.0.0.0:1", worker: 0 },
    /^--workers: worker 1 is 0\.0\.0\.0:1: expected an address/,
  );
});

Deno.test("addresses of the public internet are refused, unless the network is trusted", () => {
  for (const address of ["8.8.8.8:2222", "[2606:4700::1]:2222"]) {
    const source = { workers: `10.0.0.1:2222,${address}`, worker: 0 };
    complaint(source, /an address of the public internet.* or say --trust-network$/);
    equal(workerList({ ...source, trustNetwork: true })!.addresses[1], address);
  }
  for (
    const host of ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "[fd00::1]", "gpu-1", "node_2.lan"]
  ) {
    equal(workerList({ workers: `${host}:2222`, worker: 0 })!.addresses.length, 1, host);
  }
});
