/** A server-sent event as a caller sees it. */
export interface WireEvent {
  /** Name of the event. Empty: none. */
  readonly event: string;
  /** What it holds: JSON read, or the text of what is no JSON. */
  // eslint-disable-next-line typescript/no-explicit-any -- events of many shapes, each asserted by its test
  readonly data: any;
}

/** The events of a stream, comments left out. */
export function readEvents(text: string): WireEvent[] {
  return text.split("\n\n").flatMap((frame) => {
    const fields = frame.split("\n").filter((line) => line !== "" && !line.startsWith(":"));
    const valueOf = (name: string) =>
      fields.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
    const data = valueOf("data").join("\n");
    return data === ""
      ? []
      : [{ event: valueOf("event").join(""), data: data.startsWith("{") ? JSON.parse(data) : data }];
  });
}
