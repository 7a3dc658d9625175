import { boundedLabel } from "./bounded-label.ts";

describe("labels from a bounded set", () => {
  it("keep the first names and give all others one", () => {
    const label = boundedLabel(2);
    expect(["a", "b", "a", "c", "d", "b"].map(label)).toEqual(["a", "b", "a", "other", "other", "b"]);
  });

  it("have one for no name at all, which takes no room", () => {
    const label = boundedLabel(1);
    expect(["", "a", "b"].map(label)).toEqual(["other", "a", "other"]);
  });
});
