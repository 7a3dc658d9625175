import { randomBytes } from "node:crypto";

const STEM_LENGTH = 14;
const COUNTER_LENGTH = 10;

/** Gives ids of 24 letters and digits: a stem of this process and a counter, which is cheaper than randomness. */
export function createIds(): () => string {
  const stem = randomBytes(STEM_LENGTH).toString("hex").slice(0, STEM_LENGTH);
  let counter = 0;
  return () => stem + (++counter).toString(36).padStart(COUNTER_LENGTH, "0");
}
