import { broadcast } from "./_broadcast.ts";

/** How the relay (`kernel.py`) reaches the kernel's side of its comms. */
const COMMS = Symbol.for("thorax.comms");

/** The version of Jupyter's widget protocol that is spoken. */
const PROTOCOL = { version: "2.1.0" };

/** What a widget in the browser sends. */
export interface WidgetMessage {
  /** `update`, `request_state` or `custom`. */
  method: string;
  /** The values that have changed, with `update`. */
  state?: Record<string, unknown>;
  /** Anything else, with `custom`: a button's `{ event: "click" }`. */
  content?: Record<string, unknown>;
}

/** A widget's model in the kernel: its values, and what is done when the browser changes one. */
export interface WidgetModel {
  /** Its name for the browser and for stored notebooks. */
  id: string;
  /** Its values, by the widget protocol's names. */
  state: Record<string, unknown>;
  /** Is told when the user has changed it; what it returns is waited for before the next change is sent. */
  onMessage?: (message: WidgetMessage) => unknown;
}

/** What arrives from the relay: a message for a comm, and the files that hold its buffers. */
interface Received {
  id: string;
  data: WidgetMessage & { buffer_paths?: (string | number)[][] };
  files: string[];
}

/** The models of this kernel, and how many there have been. */
interface Comms {
  models: Map<string, WidgetModel>;
  count: number;
  receive(received: Received): Promise<void>;
}

/**
 * Lets the relay hand on what widgets send. Deno's own kernel answers no message of a comm that a browser sends; so the
 * relay keeps them and calls `receive` in a cell of its own.
 */
export function standByForComms(): void {
  const comms: Comms = { models: new Map(), count: 0, receive };
  Object.defineProperty(globalThis, COMMS, { value: comms, configurable: true });

  async function receive({ id, data, files }: Received): Promise<void> {
    const model = comms.models.get(id);
    if (model === undefined) return;
    if (data.method === "request_state") return await update(model, model.state);
    if (data.method === "update") {
      const { state = {}, buffer_paths = [] } = data;
      for (const [index, path] of buffer_paths.entries()) {
        setAt(state, path, await Deno.readFile(files[index]!));
        await Deno.remove(files[index]!);
      }
      Object.assign(model.state, state);
    }
    await model.onMessage?.(data);
  }
}

function setAt(state: Record<string, unknown>, path: (string | number)[], bytes: Uint8Array): void {
  const holder = path.slice(0, -1).reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown>)[key],
    state,
  );
  (holder as Record<string | number, unknown>)[path.at(-1)!] = bytes;
}

/** A name for a model that no other of this kernel has; the same in every run of the same cells. */
export function newModelId(): string {
  const comms = Reflect.get(globalThis, COMMS) as Comms | undefined;
  return `control-${comms === undefined ? crypto.randomUUID() : ++comms.count}`;
}

/** Makes a model known to the browser. Outside of Jupyter nothing happens. */
export async function openModel(model: WidgetModel): Promise<void> {
  const comms = Reflect.get(globalThis, COMMS) as Comms | undefined;
  comms?.models.set(model.id, model);
  const data = { state: model.state, buffer_paths: [] };
  await broadcast("comm_open", { comm_id: model.id, target_name: "jupyter.widget", data }, PROTOCOL);
}

/** Tells the browser values of a model that the kernel has changed. */
async function update(model: WidgetModel, state: Record<string, unknown>): Promise<void> {
  Object.assign(model.state, state);
  const data = { method: "update", state, buffer_paths: [] };
  await broadcast("comm_msg", { comm_id: model.id, data }, PROTOCOL);
}
