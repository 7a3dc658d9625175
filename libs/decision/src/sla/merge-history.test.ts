import { create } from "@bufbuild/protobuf";
import { type CauseCell, CauseCellSchema, HistoryBucketSchema } from "@fairlead/contracts/sla/v1/history";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { addCell, mergeHistory, MOST_CELLS } from "./merge-history.ts";

const scope = { provider: "openai", model: "", tenant: "" };

describe("merging history", () => {
  it("adds up events of the same level and calls that agree in everything", () => {
    const bucket = (good: number, failed: bigint) =>
      create(HistoryBucketSchema, {
        observations: 10n,
        levels: [{ scope, metric: SlaMetric.SUCCESS_RATE, good, bad: 1 }],
        cells: [{ provider: "openai", model: "a", error: "timeout", calls: failed, failed }],
      });
    const merged = mergeHistory([bucket(3, 2n), bucket(4, 5n)], 60_000, 3_600_000);
    expect(merged).toMatchObject({
      startUnixMs: 60_000n,
      lengthMs: 3_600_000n,
      observations: 20n,
      levels: [{ good: 7, bad: 2 }],
      cells: [{ provider: "openai", model: "a", calls: 7n, failed: 7n }],
    });
  });

  it("is bounded, and its sums stay right", () => {
    const cells = new Map<string, CauseCell>();
    for (let index = 0; index < MOST_CELLS + 500; index += 1) {
      addCell(cells, create(CauseCellSchema, { provider: "openai", model: `m${index}`, tenant: "acme", calls: 1n }));
    }
    expect(cells.size).toBe(MOST_CELLS + 1);
    expect([...cells.values()].reduce((sum, { calls }) => sum + calls, 0n)).toBe(BigInt(MOST_CELLS + 500));
    expect([...cells.values()].at(-1)).toMatchObject({ provider: "other", model: "other", tenant: "other", calls: 500n });
  });
});
