import { Refusal } from "./refusal.ts";

/** How many requests are worked on at once. */
export interface AdmissionLimits {
  /** Of all clients together. */
  all: number;
  /** Of one client, by its address. */
  each: number;
}

/** Lets requests in, as long as not too many are there; disposing of what it gives lets the request out. */
export type Admission = (client: string) => Disposable;

/** Seconds after which a client that was refused may try again. */
const LATER = { "retry-after": "1" };

/** Counts who is there, and refuses with 429 who has too many requests under way, with 503 where all have. */
export function admission({ all, each }: AdmissionLimits): Admission {
  const present = new Map<string, number>();
  let total = 0;
  return (client) => {
    const own = present.get(client) ?? 0;
    if (own >= each) {
      throw new Refusal(429, `${each} requests of yours are under way: try again later`, LATER);
    }
    if (total >= all) throw new Refusal(503, `${all} requests are under way: try again later`, LATER);
    present.set(client, own + 1);
    total++;
    return {
      [Symbol.dispose]() {
        const left = present.get(client)! - 1;
        if (left === 0) present.delete(client);
        else present.set(client, left);
        total--;
      },
    };
  };
}
