import { alternate, type Measure } from "../measure.ts";
import { openOurs } from "../network_sides.ts";
import { startOurs, startPython } from "../peers.ts";
import { prepareImages } from "../prepared.ts";
import { compare } from "../result.ts";

const NETWORK = { depth: 56, batch: 32 };

/** An epoch with data, augmentation and validation: against Keras' `fit`, and against bare training steps. */
export const EPOCH: Measure = {
  name: "epoch",
  description: "an epoch with data and validation; also against bare training steps",
  async run({ rounds, seconds }) {
    const { ours, peers } = await prepareImages({ images: 800, size: 64 });
    const { training, validation } = peers;
    await using own = startOurs("ours_epochs");
    await using keras = startPython("keras_epochs");
    await using bare = await openOurs({ ...NETWORK, size: ours.size });
    await own.ask({ do: "train", ...NETWORK, ...ours });
    await keras.ask({ do: "train", ...NETWORK, cache: peers });
    await bare.ask({ do: "train", seconds: 0 });
    await bare.ask({ do: "infer", seconds: 0 });
    const [ownSeconds, kerasSeconds, trainRate, inferRate] = await alternate(rounds, [
      () => own.ask({ do: "epoch" }),
      () => keras.ask({ do: "epoch" }),
      () => bare.ask({ do: "train", seconds: 3 * seconds }),
      () => bare.ask({ do: "infer", seconds }),
    ]) as [number, number, number, number];
    const whole = (images: number) => Math.floor(images / NETWORK.batch) * NETWORK.batch;
    const trained = whole(training);
    const scored = whole(validation + NETWORK.batch - 1);
    return [
      compare(`epoch of ${training} images 64x64, ${validation} for validation`, {
        unit: "s",
        ours: ownSeconds,
        peer: "Keras fit, tf.data",
        peerValue: kerasSeconds,
      }),
      compare("training with data and validation", {
        unit: "images/s",
        ours: (trained + scored) / ownSeconds,
        peer: "bare training steps",
        peerValue: (trained + scored) / (trained / trainRate + scored / inferRate),
      }),
    ];
  },
};
