import { interruptible } from "../../lib/tasks/_interrupt.ts";

/** Work that ends at Ctrl-C in the way that the first argument says. */
await interruptible(async (signal) => {
  if (Deno.args[0] === "goes on") signal.addEventListener("abort", () => Deno.kill(Deno.pid, "SIGINT"));
  console.error("begun");
  while (Deno.args[0] === "hangs");
  while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 10));
  switch (Deno.args[0]) {
    case "listens":
      signal.throwIfAborted();
      break;
    case "fails":
      throw new Error("Something else");
    default:
      await new Promise((resolve) => setTimeout(resolve, 700));
      console.error("still here after 700 ms");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
}, { heard: "Stopping", stopped: () => "Stopped. Go on tomorrow." });
