import type { PhantomCase } from "./cases.ts";
import { drawPhantom } from "./draw_phantom.ts";

/** A case to be drawn by this worker; what comes back is `{ nth, pixels, boxes }`. */
export interface DrawRequest {
  nth: number;
  subject: PhantomCase;
  seed: number;
  size: number;
  hard: boolean;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<DrawRequest>) => void;
  postMessage(message: unknown, transfer: Transferable[]): void;
};

scope.onmessage = ({ data: { nth, subject, seed, size, hard } }) => {
  const phantom = drawPhantom(subject, { seed, size, hard });
  scope.postMessage({ nth, ...phantom }, [phantom.pixels.buffer]);
};
