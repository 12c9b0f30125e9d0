import { timingSafeEqual } from "node:crypto";
import { sha256 } from "../support/sha256.ts";
import { Refusal } from "./refusal.ts";

/** Who may ask. */
export interface SenderLimits {
  /** What `Authorization: Bearer` has to say; null where nothing is asked. */
  token: string | null;
  /** Whether only this machine is listened to. */
  isLocal: boolean;
}

/** What this machine calls itself. */
const LOCAL_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Refuses who may not ask: with 401 who does not know the token, with 403 pages of other origins, which a browser lets
 * send images though not read answers, and with 421 who came by another name than this machine's (DNS rebinding).
 */
export function checkSender({ headers, url }: Request, { token, isLocal }: SenderLimits): void {
  const { hostname, host } = new URL(url);
  if (isLocal && !LOCAL_NAMES.includes(hostname)) throw new Refusal(421, `${hostname}: is not served here`);
  const origin = headers.get("origin");
  if (origin !== null && origin !== `http://${host}`) {
    throw new Refusal(403, `pages of ${origin} may not ask here`);
  }
  if (token === null) return;
  const given = /^Bearer +(.+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? "";
  const digest = (text: string) => new TextEncoder().encode(sha256(text));
  if (timingSafeEqual(digest(given), digest(token))) return;
  throw new Refusal(401, "the token is missing or wrong (Authorization: Bearer TOKEN)", {
    "www-authenticate": "Bearer",
  });
}
