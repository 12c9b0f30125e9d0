import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { explainPip, wheelBytes } from "../../../lib/support/setup/pip.ts";
import { temporaryFolder } from "../../_folders.ts";

Deno.test("a failure of pip is explained in one line", () => {
  const cases: [output: string, expected: RegExp][] = [
    [
      "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by " +
      "'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7fb1ada21690>: Failed to establish " +
      "a new connection: [Errno 111] Connection refused')': /simple/torchxrayvision/\n" +
      "ERROR: No matching distribution found for torchxrayvision==1.5.7\n",
      /^The Python packages cannot be downloaded: connect to the network/,
    ],
    [
      "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='files.example.org', port=443): Read timed out.\n",
      /^The Python packages cannot be downloaded from files\.example\.org: connect to the network/,
    ],
    [
      "Could not fetch URL https://example.org/simple/pip/: There was a problem confirming the ssl certificate: " +
      "HTTPSConnectionPool(host='example.org', port=443): Max retries exceeded (Caused by SSLError(SSLCertVerificationError(1, " +
      "'[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))) - skipping\n",
      /^The package index shows a certificate that is not trusted here: .* PIP_CERT/,
    ],
    [
      "ERROR: Could not find a version that satisfies the requirement tensorflow-cpu==2.21.0 (from versions: none)\n" +
      "ERROR: No matching distribution found for tensorflow-cpu==2.21.0\n",
      /^tensorflow-cpu==2\.21\.0 was not found for \w+ on \w+: /,
    ],
    [
      "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, " +
      "please update the hashes.\n    torchxrayvision==1.5.7 from ...:\n        Expected sha256 95f6\n             Got        1234\n",
      /^A downloaded package is not the one that was pinned .* `\.venv\/bin\/python -m pip cache purge`/,
    ],
    [
      "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
      /^The disk is full: /,
    ],
    ["Collecting x\nERROR: Unknown trouble with x\n", /^pip failed: ERROR: Unknown trouble with x$/],
    ["", /^pip failed: $/],
  ];
  for (const [output, expected] of cases) {
    const line = explainPip(output);
    assert.match(line, expected);
    assert.ok(!line.includes("\n"));
  }
});

Deno.test("what has come down are the bytes of wheels, each once, in whichever folders they are", async () => {
  await using folder = await temporaryFolder();
  const write = async (path: string, bytes: number) => {
    await Deno.mkdir(join(folder.path, dirname(path)), { recursive: true });
    await Deno.writeFile(join(folder.path, path), new Uint8Array(bytes));
  };
  await write("pip-unpack-1/first-1.0.whl", 300);
  await write("pip-unpack-2/second-1.0.whl", 50);
  await write("tmpabc", 50); // pip's copy for its cache
  await write("wheel/first-1.0.whl", 200);
  await write("pip-target-1/lib/unpacked.so", 10_000);
  assert.equal(wheelBytes(folder.path), 350);
});
