import { alternate, type Measure, secondsOf } from "../measure.ts";
import { madeFolder, runTask, startPython } from "../peers.ts";
import { prepareRun } from "../prepared.ts";
import { compare } from "../result.ts";

const NETWORK = { depth: 20, size: 64 };

/** The time from a command line to what a trained network says of one image, which is 1024x1024. */
export const FIRST_ANSWER: Measure = {
  name: "first-answer",
  description: "from a command line to what a trained network says of one image",
  async run({ rounds }) {
    const { dir, image } = await prepareRun(NETWORK);
    const weights = madeFolder("resnet20.weights.h5");
    {
      await using keras = startPython("keras_first_answer");
      await keras.ask({ do: "save", weights, ...NETWORK });
    }
    const turns = [
      // With probabilities, percentiles and warnings.
      () => secondsOf(() => runTask("predict", "--run", dir, image)),
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
