/** Writes the events of one stream, each with its number. */
export class EventSequence {
  #next = 0;

  /** @param fields of the event beside its type and number */
  event(type: string, fields: object): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.#next++, ...fields })}\n\n`;
  }

  /**
   * A writer of one kind of delta, for which only the text differs: these are most of a stream's events.
   *
   * @param fields of every such event
   */
  deltas(type: string, fields: object): (delta: string) => string {
    const head = `event: ${type}\ndata: ${JSON.stringify({ type, ...fields }).slice(0, -1)},"delta":`;
    return (delta) => `${head}${JSON.stringify(delta)},"sequence_number":${this.#next++}}\n\n`;
  }
}
