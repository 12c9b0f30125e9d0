import { exportedModules } from "../../lib/support/exported_modules.ts";
import { PROJECT } from "../../lib/support/project.ts";

/** Types of TensorFlow.js, which `deno doc` does not see behind `tf`. */
const OF_TENSORFLOW_JS = /^(Tensor([1-6]D)?|Scalar|Variable|Rank|NamedTensorMap|DataType|KernelBackend)$/;

/**
 * What `deno doc --lint` finds in what the library exports, a line each: the file, the line and what is wrong there.
 * What it finds in packages is left out.
 */
export async function documentationComplaints(): Promise<string[]> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...Object.values(exportedModules())],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  return complaintsIn(new TextDecoder().decode(stderr));
}

/** The complaints in what `deno doc --lint` wrote that are about this project's own files. */
export function complaintsIn(text: string): string[] {
  return text.split(/^error\[/m).slice(1).flatMap((complaint) => {
    const file = complaint.match(/--> \S*?\/(lib\/[^:]+):(\d+)/);
    const type = complaint.match(/references private type '(\w+)'/)?.[1];
    if (file === null || /node_modules/.test(complaint.match(/--> .*/)![0])) return [];
    if (/\| import \* as tf /.test(complaint)) return []; // All of TensorFlow.js, which has its own documentation.
    if (type !== undefined && OF_TENSORFLOW_JS.test(type)) return [];
    return [`${file[1]}:${file[2]}: ${complaint.split("\n")[0]!.replace(/^.*?\]: /, "")}`];
  });
}
