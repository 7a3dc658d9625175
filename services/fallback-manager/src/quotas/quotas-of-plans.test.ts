import { create } from "@bufbuild/protobuf";
import { TargetLimitsSchema } from "@fairlead/contracts/adapter/v1/model";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { FairleadError } from "@fairlead/rpc/fairlead-error";
import { ANTHROPIC, ask, OPENAI, planOf, startBench } from "../testing/bench.ts";

const limits = { totalMs: 10_000, maxAttempts: 6 };
const limited = (requestsPerMinute: number) => ({
  ...OPENAI,
  limits: create(TargetLimitsSchema, { requestsPerMinute, quotaAccount: "shared-account" }),
});

describe("what accounts let through", () => {
  it("holds over replicas, and the rest goes to the next target", async () => {
    await using bench = await startBench({ quotaWaitMs: 1 });
    const other = await bench.start({ quotaWaitMs: 1 });
    const requests = Array.from({ length: 20 }, (_, count) => {
      const { client } = count % 2 === 0 ? bench : other;
      return client.execute(ask(planOf([limited(4), ANTHROPIC], { limits })) as never);
    });
    const answers = await Promise.all(requests);
    const byLimited = answers.filter(({ outcome }) => outcome?.provider === "openai").length;
    expect(byLimited).toBeGreaterThan(0);
    expect(byLimited).toBeLessThanOrEqual(4);
    const skipped = answers.flatMap(({ outcome }) => outcome?.attempts ?? []).filter(({ skipped: one }) => one);
    expect(skipped.length).toBe(20 - byLimited);
    expect(skipped.every(({ errorCode }) => errorCode === ErrorCode.RATE_LIMITED)).toBe(true);
  });

  it("ends a request in RATE_LIMITED with the time to wait where nobody else can answer", async () => {
    await using bench = await startBench({ quotaWaitMs: 1 });
    const send = () => bench.client.execute(ask(planOf([limited(1)], { limits })) as never);
    await send();
    const refused = await send().catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(FairleadError);
    expect((refused as FairleadError).code).toBe(ErrorCode.RATE_LIMITED);
    expect((refused as FairleadError).detail.retryAfter).toBeDefined();
    expect(bench.simulator.stats().total).toBe(1);
  });
});
