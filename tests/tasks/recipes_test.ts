import assert from "node:assert/strict";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { PROJECT } from "../../lib/support/project.ts";
import { temporaryFolder } from "../_folders.ts";

// That Kubernetes takes the file was checked by `kubernetes-validate --strict` (1.37.0, PyPI), the script by shellcheck.
const RECIPES = join(PROJECT, ".github", "recipes");

/** Programs of a cluster that only do what the recipe needs of them, and a `deno` that prints its arguments. */
const PROGRAMS = {
  scontrol: `[ "$*" = "show hostnames node[1-2]" ] && printf 'node1\\nnode2\\n'`,
  srun: `[ "$1" = --kill-on-bad-exit=1 ] && shift; for i in 0 1; do SLURM_PROCID=$i "$@" || exit; done`,
  deno: `echo "$TENSORFLOW_THREADS $*"`,
};

/** What each worker's `deno` is called with. */
async function linesOf(args: readonly string[], env: Record<string, string>): Promise<string[]> {
  await using folder = await temporaryFolder();
  for (const [name, body] of Object.entries(PROGRAMS)) {
    await Deno.writeTextFile(join(folder.path, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: [...args],
    env: { PATH: `${folder.path}:${Deno.env.get("PATH")}`, ...env },
    clearEnv: true,
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stderr));
  return text.decode(stdout).trimEnd().split("\n");
}

/** The same for a run that is not there, one without an epoch, and one that can go on. */
async function eachOf(args: readonly string[], env: Record<string, string>) {
  await using folder = await temporaryFolder();
  const run = join(folder.path, "run");
  const given = { ...env, DATA: "/images", RUN: run };
  const fresh = await linesOf(args, given);
  await Deno.mkdir(run);
  const begun = await linesOf(args, given);
  await Deno.writeTextFile(join(run, "history.csv"), "epoch\n");
  const going = await linesOf(args, given);
  return { run, fresh, begun, going };
}

Deno.test("the recipe for Slurm gives every node the same flags but for its number", async () => {
  const slurm = { SLURM_JOB_ID: "12345", SLURM_JOB_NODELIST: "node[1-2]", SLURM_CPUS_PER_TASK: "8" };
  const { run, fresh, begun, going } = await eachOf([join(RECIPES, "slurm.sh"), "--epochs", "3"], slurm);
  const line = (index: number, more: string) =>
    `8 task train --worker ${index} --workers node1:22345,node2:22345 --data /images --run ${run} --epochs 3${more}`;
  assert.deepEqual(fresh, [0, 1].map((index) => line(index, "")));
  assert.deepEqual(begun, [0, 1].map((index) => line(index, " --overwrite")));
  assert.deepEqual(going, [0, 1].map((index) => line(index, " --resume")));
});

Deno.test("the recipe for Kubernetes names as many workers as it starts, at a port that only they reach", async () => {
  const text = await Deno.readTextFile(join(RECIPES, "kubernetes.yaml"));
  const [service, policy, job] = parseAllDocuments(text).map((document) => document.toJS());
  const { completions, parallelism, completionMode, template: { metadata, spec: pod } } = job.spec;
  const [container] = pod.containers;
  const env = Object.fromEntries(
    container.env.map(({ name, value }: Record<string, string>) => [name, value]),
  );
  const names = Array.from(
    { length: completions },
    (_, i) => `${job.metadata.name}-${i}.${service.metadata.name}:${service.spec.ports[0].port}`,
  );
  assert.equal(env["WORKERS"], names.join());
  assert.deepEqual([completionMode, parallelism, pod.subdomain], [
    "Indexed",
    completions,
    service.metadata.name,
  ]);
  for (
    const selector of [
      service.spec.selector,
      policy.spec.podSelector.matchLabels,
      policy.spec.ingress[0].from[0].podSelector.matchLabels,
    ]
  ) assert.deepEqual(selector, metadata.labels);
  assert.equal(policy.spec.ingress[0].ports[0].port, service.spec.ports[0].port);

  const [program, ...args] = container.command;
  assert.equal(program, "bash");
  const { run, fresh, begun, going } = await eachOf(args, {
    ...env,
    JOB_COMPLETION_INDEX: "1",
    TENSORFLOW_THREADS: "",
  });
  const line = ` task train --workers ${names.join()} --worker 1 --data /images --run ${run}`;
  assert.deepEqual([fresh, begun, going], [[line], [`${line} --overwrite`], [`${line} --resume`]]);
});
