import { defineTask, runTask } from "../../../lib/tasks/_command.ts";
import type { Component, Device } from "../../../lib/support/setup/component.ts";
import { NIH_METADATA } from "../../../lib/tasks/setup/nih_metadata.ts";
import { setUp } from "../../../lib/support/setup/set_up.ts";
import { TENSORFLOW } from "../../../lib/tensorflow/library_component.ts";

const COMPONENTS: Record<string, Component> = {
  tensorflow: { ...TENSORFLOW, lists: smaller(TENSORFLOW.lists, 1) },
  metadata: { ...NIH_METADATA, lists: smaller(NIH_METADATA.lists, 1) },
  huge: { ...TENSORFLOW, lists: smaller(TENSORFLOW.lists, 1e12) },
};

function smaller(lists: Component["lists"], megabytes: number): Component["lists"] {
  const { cpu, gpu } = lists;
  return { cpu: { ...cpu, megabytes }, ...(gpu === undefined ? {} : { gpu: { ...gpu, megabytes } }) };
}

const [project, components, device, check] = Deno.args as [string, string, string, string?];
const task = defineTask("setup", { description: "Sets up another folder, for the tests.", examples: [] })
  .action(async () => {
    await setUp(components.split(",").map((name) => COMPONENTS[name]!), {
      project,
      device: device === "" ? undefined : device as Device,
      check: check === "check",
    });
  });
await runTask(task, []);
