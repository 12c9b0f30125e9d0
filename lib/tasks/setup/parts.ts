import { PROJECT } from "../../support/project.ts";
import type { SetUpPart } from "../_rights.ts";
import type { Component } from "../../support/setup/component.ts";
import { IMAGENET_WEIGHTS } from "./imagenet_weights.ts";
import { OPENVINO } from "../../openvino/library_component.ts";
import { JUPYTERLAB } from "./jupyterlab.ts";
import { NOTEBOOK_CLIENTS } from "./notebook_clients.ts";
import { NIH_METADATA } from "./nih_metadata.ts";
import { isInstalled } from "../../support/setup/set_up.ts";
import { TENSORFLOW } from "../../tensorflow/library_component.ts";

/** What tasks need, by the names that they have for it. */
export const PARTS: Readonly<Record<SetUpPart, Component>> = {
  tensorflow: TENSORFLOW,
  metadata: NIH_METADATA,
  lab: JUPYTERLAB,
  imagenet: IMAGENET_WEIGHTS,
  openvino: OPENVINO,
  clients: NOTEBOOK_CLIENTS,
};

/** Whether a part is there. */
export function isSetUp(part: SetUpPart): boolean {
  return isInstalled(PARTS[part], { project: PROJECT, device: undefined });
}
