import { join } from "node:path";
import { alternate, type Measure } from "../measure.ts";
import { startOurs, startPython } from "../peers.ts";
import { compare } from "../result.ts";
import { PROJECT } from "../../../lib/support/project.ts";

/** Reading, checking, undersampling and splitting the NIH's 112,120 rows. */
export const METADATA: Measure = {
  name: "metadata",
  description: "reading, undersampling and splitting the NIH's 112,120 rows",
  async run({ rounds }) {
    const file = join(PROJECT, "data", "nih", "Data_Entry_2017_v2020.csv.gz");
    await using ours = startOurs("ours_metadata");
    await using pandas = startPython("pandas_metadata");
    const turns = [
      () => ours.ask<number>({ do: "split", file }),
      () => pandas.ask<number>({ do: "split", file, checked: true }),
      () => pandas.ask<number>({ do: "split", file, checked: false }),
    ];
    for (const turn of turns) await turn();
    const [own, checked, unchecked] = await alternate(2 * rounds, turns);
    const version = await pandas.ask<string>({ do: "version" });
    return [
      { peer: `${version}, the same checks`, peerValue: checked! },
      { peer: `${version}, unchecked`, peerValue: unchecked! },
    ].map((peer) => compare("reading and splitting 112,120 rows", { unit: "s", ours: own!, ...peer }));
  },
};
