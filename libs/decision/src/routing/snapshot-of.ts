const MONTH = "(?:0[1-9]|1[0-2])";
const DAY = "(?:0[1-9]|[12]\\d|3[01])";
const YEAR = "20\\d{2}";

/**
 * Endings by which providers name one state of a model, with the price and abilities of the model itself: a date
 * (gpt-4o-2024-11-20, claude-sonnet-4-5-20250929), a dated preview (gemini-2.5-flash-preview-05-20 or -09-2025), and
 * "latest". Anything else, such as "mini", "audio-preview" or "chat", names another model.
 */
const SNAPSHOT = new RegExp(
  `-(?:${YEAR}-${MONTH}-${DAY}|${YEAR}${MONTH}${DAY}|latest|preview-${MONTH}-(?:${DAY}|${YEAR}))$`,
);

/**
 * The model that a snapshot's name belongs to, known or not; one ending is taken off.
 *
 * @returns undefined where the name does not end like a snapshot's
 */
export function snapshotBase(name: string): string | undefined {
  const base = name.replace(SNAPSHOT, "");
  return base === name || base === "" || base.endsWith("/") ? undefined : base;
}
