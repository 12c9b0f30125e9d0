import { InputError } from "../support/input_error.ts";
import { type MimeBundle, openDisplay } from "./_display.ts";
import { emptyBundle } from "./figure_bundle.ts";
import { displayOf } from "./kernel/displays.ts";
import { PLOTLY } from "./notebook_file.ts";
import type { Figure } from "../plots/figure.ts";
import { newModelId, openModel, type WidgetModel } from "./kernel/comms.ts";

/** The MIME type of a control that JupyterLab draws. */
const VIEW = "application/vnd.jupyter.widget-view+json";

/** A control below a cell; `value` follows what the user does. */
export interface Control<T> {
  /** What stands beside it. */
  readonly label: string;
  /** What it is set to now. */
  readonly value: T;
  /** Shows it. The function given is called after each change, and waited for before the next. */
  open(onChange: () => unknown): Promise<string>;
}

/** The range of a slider. */
export interface SliderOptions {
  /** The lowest value. */
  min: number;
  /** The highest value. */
  max: number;
  /** The distance between neighbouring values; a hundredth of the range by default. */
  step?: number;
  /** The value at the beginning; the lowest by default. */
  value?: number;
}

/**
 * A slider for a number.
 *
 * @throws {InputError} When the range is empty, or the value lies outside of it.
 */
export function slider(label: string, options: SliderOptions): Control<number> {
  const { min, max, step = (max - min) / 100, value = min } = options;
  if (!(min < max)) throw new InputError(`${label}: the range ${min} to ${max} is empty`);
  if (!(value >= min && value <= max)) {
    throw new InputError(`${label}: ${value} is not within ${min} to ${max}`);
  }
  const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  return control(label, {
    name: "FloatSlider",
    style: "SliderStyleModel",
    state: { min, max, step, value, readout: true, readout_format: `.${decimals}f`, continuous_update: true },
    valueOf: ({ value }) => value as number,
  });
}

/** The first choice. */
export interface ChoiceOptions<T extends string> {
  /** What is chosen at the beginning; the first by default. */
  value?: T;
}

/**
 * A list to choose one text from.
 *
 * @throws {InputError} When there is nothing to choose from, or the value is not among it.
 */
export function choice<T extends string>(
  label: string,
  texts: readonly T[],
  { value = texts[0]! }: ChoiceOptions<T> = {},
): Control<T> {
  const index = texts.indexOf(value);
  if (index < 0) throw new InputError(`${label}: "${value}" is not one of ${texts.join(", ") || "none"}`);
  return control(label, {
    name: "Dropdown",
    style: "DescriptionStyleModel",
    state: { _options_labels: texts, index },
    valueOf: ({ index }) => texts[index as number] ?? value,
  });
}

/** A button; its value is how often it has been pressed. */
export function button(label: string): Control<number> {
  let presses = 0;
  return control(label, {
    name: "Button",
    style: "ButtonStyleModel",
    state: { tooltip: "", button_style: "", icon: "" },
    ignores: ({ method, content }) => {
      if (method !== "custom" || content?.event !== "click") return true;
      presses++;
      return false;
    },
    valueOf: () => presses,
  });
}

/** A file that the user has chosen in the browser. */
export interface ChosenFile {
  /** Its name, without a folder. */
  name: string;
  /** What it holds. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** What may be chosen. */
export interface FileChooserOptions {
  /** Endings such as `.png,.jpg,.dcm`; any by default. */
  accept?: string;
}

/** A button that lets the user choose one file from the machine that the browser runs on; null before. */
export function fileChooser(
  label: string,
  { accept = "" }: FileChooserOptions = {},
): Control<ChosenFile | null> {
  return control(label, {
    name: "FileUpload",
    style: "ButtonStyleModel",
    state: { accept, multiple: false, value: [], button_style: "", icon: "upload", error: "" },
    valueOf: ({ value }) => {
      const [file] = value as { name: string; content: Uint8Array<ArrayBuffer> }[];
      return file === undefined ? null : { name: file.name, bytes: file.content };
    },
  });
}

/** What makes a kind of control. */
interface Kind<T> {
  /** The widget's name in Jupyter's own set. */
  name: string;
  style: string;
  state: Record<string, unknown>;
  /** Whether a message from the browser is no change. */
  ignores?: (message: { method: string; content?: Record<string, unknown> }) => boolean;
  valueOf(state: Record<string, unknown>): T;
}

function control<T>(label: string, kind: Kind<T>): Control<T> {
  const { name, style, state, ignores = ({ method }) => method !== "update", valueOf } = kind;
  const model: WidgetModel = { id: newModelId(), state: {} };
  Object.assign(model.state, widgetState("controls", { model: `${name}Model`, view: `${name}View` }), {
    description: label,
    disabled: false,
    ...state,
  });
  return {
    label,
    get value() {
      return valueOf(model.state);
    },
    async open(onChange) {
      const layout = await openPart("base", "LayoutModel", { width: "28em" });
      const styled = style === "ButtonStyleModel" ? {} : { description_width: "8em" };
      const look = await openPart("controls", style, styled);
      Object.assign(model.state, { layout, style: look });
      model.onMessage = (message) => ignores(message) ? undefined : onChange();
      await openModel(model);
      return model.id;
    },
  };
}

/** What every widget says of itself; the versions are those of Jupyter's widgets 8. */
function widgetState(
  module: "base" | "controls",
  { model, view }: { model: string; view: string | null },
): Record<string, unknown> {
  const of = (of: "base" | "controls") => ({
    module: `@jupyter-widgets/${of}`,
    version: "2.0.0",
  });
  const seen = of(view === "StyleView" || view === "LayoutView" ? "base" : module);
  return {
    _model_module: of(module).module,
    _model_module_version: of(module).version,
    _model_name: model,
    _view_module: seen.module,
    _view_module_version: seen.version,
    _view_name: view,
  };
}

/** Opens a model that another one refers to, and returns the reference. */
async function openPart(
  module: "base" | "controls",
  model: string,
  state: Record<string, unknown>,
): Promise<string> {
  const view = model === "LayoutModel" ? "LayoutView" : "StyleView";
  const part = { id: newModelId(), state: { ...widgetState(module, { model, view }), ...state } };
  await openModel(part);
  return `IPY_MODEL_${part.id}`;
}

/** The values of controls, by their names. */
export type Values<C> = { [Name in keyof C]: C[Name] extends Control<infer T> ? T : never };

/**
 * Shows controls below the cell, and below them what a function makes of their values: once at once, and anew after
 * each change, also when the cell has ended. What it returns is shown as the last value of a cell would be; an error is
 * shown in its place, and what it prints stands below them. Where the function is slower than the user, values between are left out.
 *
 * A stored notebook keeps the last state. Where no control can be drawn (GitHub, a terminal), their labels stand.
 *
 * @example
 * ```ts
 * await interact(
 *   { threshold: slider("Threshold", { min: 0, max: 1, value: 0.5 }) },
 *   ({ threshold }) => showTable(...),
 * );
 * ```
 */
export async function interact<C extends Record<string, Control<unknown>>>(
  controls: C,
  show: (values: Values<C>) => unknown,
): Promise<void> {
  const bundleNow = async (): Promise<MimeBundle> => {
    const values = Object.fromEntries(Object.entries(controls).map(([name, { value }]) => [name, value]));
    try {
      return await bundleOf(await show(values as Values<C>));
    } catch (error) {
      return { "text/plain": `${error instanceof Error ? `${error.name}: ${error.message}` : error}` };
    }
  };
  const result: { replace?: (next: MimeBundle) => Promise<void> } = {};
  const onChange = async () => {
    const bundle = await bundleNow();
    if (PLOTLY in bundle) await result.replace?.(emptyBundle((bundle[PLOTLY] as Figure).layout.height));
    await result.replace?.(bundle);
  };
  const children: string[] = [];
  for (const control of Object.values(controls)) children.push(`IPY_MODEL_${await control.open(onChange)}`);
  const layout = await openPart("base", "LayoutModel", {});
  const box = widgetState("controls", { model: "VBoxModel", view: "VBoxView" });
  const id = newModelId();
  await openModel({ id, state: { ...box, children, layout, box_style: "" } });
  const labels = Object.values(controls).map(({ label }) => label).join(", ");
  await openDisplay({
    [VIEW]: { model_id: id, version_major: 2, version_minor: 0 },
    "text/plain": `Controls, in JupyterLab: ${labels}`,
  });
  result.replace = await openDisplay(await bundleNow());
}

/** What a notebook shows of a value. */
async function bundleOf(value: unknown): Promise<MimeBundle> {
  const own = Reflect.get(Object(value), Symbol.for("Jupyter.display"));
  if (typeof own === "function") return await own.call(value);
  const display = displayOf(value);
  if (display !== null) return await display.bundle();
  return { "text/plain": typeof value === "string" ? value : Deno.inspect(value) };
}
