import { create } from "@bufbuild/protobuf";
import { type AdapterAnnounced, AdapterAnnouncedSchema } from "@fairlead/contracts/events/v1/event";
import {
  type AdapterDirectory,
  advanceDirectory,
  announcedTargets,
  expireAdapters,
  sameOffer,
} from "./adapter-directory.ts";

function announced(provider: string, instance: string, models: string[], leaving = false): AdapterAnnounced {
  const description = { provider, instance, models: models.map((model) => ({ model })) };
  return create(AdapterAnnouncedSchema, { description, leaving });
}

function after(...told: readonly [number, AdapterAnnounced][]): AdapterDirectory {
  return told.reduce<AdapterDirectory>(
    (directory, [now, announcement]) => advanceDirectory(directory, announcement, now),
    [],
  );
}

const keys = (directory: AdapterDirectory) => [...announcedTargets(directory).keys()];

describe("the directory of adapters", () => {
  it("offers the models of every adapter, each once", () => {
    const directory = after(
      [0, announced("openai", "a", ["m1", "m2"])],
      [0, announced("openai", "b", ["m1"])],
      [0, announced("groq", "c", ["m1"])],
    );
    expect(keys(directory)).toEqual(["openai/m1", "openai/m2", "groq/m1"]);
  });

  it("takes out an adapter that says it leaves, but not its sibling", () => {
    const both = after([0, announced("openai", "a", ["m1", "m2"])], [0, announced("openai", "b", ["m1"])]);
    expect(keys(advanceDirectory(both, announced("openai", "a", [], true), 1))).toEqual(["openai/m1"]);
  });

  it("ignores who leaves without having been there and who has no name", () => {
    const directory = after([0, announced("openai", "a", ["m1"])]);
    expect(advanceDirectory(directory, announced("groq", "x", [], true), 1)).toBe(directory);
    expect(advanceDirectory(directory, create(AdapterAnnouncedSchema, {}), 1)).toBe(directory);
    expect(advanceDirectory(directory, announced("", "a", ["m1"]), 1)).toBe(directory);
  });

  it("takes over a changed list of models", () => {
    const directory = after([0, announced("openai", "a", ["m1", "m2"])], [1, announced("openai", "a", ["m2", "m3"])]);
    expect(keys(directory)).toEqual(["openai/m2", "openai/m3"]);
  });

  it("knows that a repeated announcement offers nothing new", () => {
    const before = after([0, announced("openai", "a", ["m1"])]);
    expect(sameOffer(before, advanceDirectory(before, announced("openai", "a", ["m1"]), 9))).toBe(true);
    expect(sameOffer(before, advanceDirectory(before, announced("openai", "a", ["m2"]), 9))).toBe(false);
    expect(sameOffer(before, advanceDirectory(before, announced("openai", "b", ["m1"]), 9))).toBe(false);
  });

  it("leaves out adapters that fell silent", () => {
    const directory = after([0, announced("openai", "a", ["m1"])], [4_000, announced("groq", "b", ["m2"])]);
    const settings = { timeoutMs: 5_000, deafUntil: 0 };
    expect(expireAdapters(directory, 5_000, settings)).toBe(directory);
    expect(keys(expireAdapters(directory, 5_001, settings))).toEqual(["groq/m2"]);
  });

  it("does not take silence for absence while nothing could be heard", () => {
    const directory = after([0, announced("openai", "a", ["m1"])]);
    expect(expireAdapters(directory, 65_000, { timeoutMs: 5_000, deafUntil: 60_000 })).toBe(directory);
    expect(expireAdapters(directory, 65_001, { timeoutMs: 5_000, deafUntil: 60_000 })).toEqual([]);
  });

  it("takes in no more than a thousand adapters", () => {
    const told = Array.from({ length: 1_100 }, (_, index): [number, AdapterAnnounced] => [
      0,
      announced("p", `i${index}`, ["m"]),
    ]);
    expect(after(...told)).toHaveLength(1_000);
  });
});
