import { StateError } from "../src/state-error.ts";

/** What comes of work at a store that may be about to end; undefined where that is not known. */
export async function unlessDown<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StateError && error.kind === "unavailable") return undefined;
    throw error;
  }
}
