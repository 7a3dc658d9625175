import type { Recording } from "./recording.ts";
import type { Wire } from "./wires.ts";

/** A recording, and what it is written in. */
export interface Piece {
  readonly recording: Recording;
  readonly wire: Wire;
  readonly streamed: boolean;
}
