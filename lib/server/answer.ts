import type { Admission } from "./admission.ts";
import type { Judge } from "./open_judge.ts";
import { readBody } from "./read_body.ts";
import { Refusal } from "./refusal.ts";
import { sentImage } from "./sent_image.ts";
import { within } from "./within.ts";

/** What a request for an image's prediction is answered with. */
export interface Asked {
  /** What computes the answer. */
  judge: Judge;
  /** Counts the requests under way. */
  admit: Admission;
  /** What a request may take. */
  limits: {
    /** The most bytes of a request. */
    size: number;
    /** Milliseconds in which a request has to come, and as many in which it has to be answered. */
    time: number;
  };
  /** What each JSON answer begins with. */
  head: { run: string; runWarnings: readonly string[] };
  /** Who asks: an address. */
  client: string;
  /** Whether a heat map is the answer. */
  wantsPicture: boolean;
  /** The heat map's finding; null leaves the choice to the network. */
  finding: string | null;
}

/**
 * Answers a request for an image's prediction or heat map.
 *
 * @throws {Refusal} With 503 where the answer takes too long.
 */
export async function answer(request: Request, asked: Asked): Promise<Response> {
  const { judge, admit, limits: { size, time }, head, client, wantsPicture, finding } = asked;
  // Whoever is no longer waited for still counts until its work has ended.
  const admitted = admit(client);
  async function work(): Promise<Response> {
    using _ = admitted;
    const file = await sentImage(
      await readBody(request, { size, time }),
      request.headers.get("content-type"),
    );
    if (!wantsPicture) return Response.json({ ...head, ...await judge.row(file) });
    return new Response(await judge.heatMap(file, finding), { headers: { "content-type": "image/png" } });
  }
  // A request may take its time to come, and then as much to be answered.
  return await within(2 * time, work(), () => new Refusal(503, "took too long: try again later"));
}
