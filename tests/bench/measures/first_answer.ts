import { existsSync } from "node:fs";
import { PROJECT } from "../../../lib/support/project.ts";
import { runFolder } from "../../../lib/training/run_folder.ts";
import { peerLibrary } from "../folder.ts";
import { alternate, type Measure } from "../measure.ts";
import { madeFolder, startOurs, startPython } from "../peers.ts";
import { pngsIn } from "../prepared.ts";
import { compare } from "../result.ts";

const NETWORK = { depth: 20, size: 64 };

/** The time from a command line to what a trained network says of one image, which is 1024x1024. */
export const FIRST_ANSWER: Measure = {
  name: "first-answer",
  description: "from a command line to what a trained network says of one image",
  async run({ rounds }) {
    const folder = madeFolder("phantoms-200-1024");
    const dir = madeFolder("run-resnet20");
    const weights = madeFolder("resnet20.weights.h5");
    {
      await using side = startOurs("prepare");
      await side.ask({ do: "draw", folder, images: 200, size: 1024 });
      if (!existsSync(runFolder(dir).report)) await side.ask({ do: "train", folder, dir, ...NETWORK });
      await using keras = startPython("keras_first_answer");
      await keras.ask({ do: "save", weights, ...NETWORK });
    }
    const image = pngsIn(`${folder}/images`)[0]!;
    const turns = [
      () => secondsOf(() => predict(dir, image)),
      () =>
        secondsOf(async () => {
          await using side = startPython("keras_first_answer");
          await side.ask({ do: "answer", weights, image, ...NETWORK });
        }),
    ];
    for (const turn of turns) await turn();
    const [own, keras] = await alternate(Math.max(3, rounds), turns);
    return [compare("what one image shows, from the command line", {
      unit: "s",
      ours: own!,
      peer: "Keras, the same network's scores",
      peerValue: keras!,
    })];
  },
};

/** `deno task predict`, with probabilities, percentiles and warnings. */
async function predict(run: string, image: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "predict", "--run", run, image],
    cwd: PROJECT,
    env: { TENSORFLOW_LIBRARY: peerLibrary(PROJECT)! },
  }).output();
  if (!success) throw new Error(`deno task predict failed:\n${new TextDecoder().decode(stderr)}`);
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}
