/** A server-sent event whose name is the type of its data. */
export function sseEvent(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
