/** Begins the names of a part's extra fields that belong to the message item around it, such as `message.phase`. */
export const MESSAGE_FIELD = "message.";

/** Takes the fields of the message around a block out of it, where its part carried some. */
export function takeMessageFields(block: object): Record<string, unknown> {
  const written = block as Record<string, unknown>;
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(written)) {
    if (!name.startsWith(MESSAGE_FIELD)) continue;
    fields[name.slice(MESSAGE_FIELD.length)] = written[name];
    delete written[name];
  }
  return fields;
}
