import { setImmediate as turn } from "node:timers/promises";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "@fairlead/rpc/fairlead-error";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { createProbe } from "./probe-provider.ts";

const asker = (signal = new AbortController().signal) => ({ signal, trace: ROOT_CONTEXT });

function controlled() {
  const runs: { deployment: string; signal: AbortSignal; end: () => void; fail: (error: Error) => void }[] = [];
  const run = (deployment: string, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((end, fail) => {
      runs.push({ deployment, signal, end, fail });
      signal.addEventListener("abort", () => fail(signal.reason as Error));
    });
  return { runs, run };
}

describe("probing a provider", () => {
  it("makes one call for all who ask while it is under way, and soon after", async () => {
    const { runs, run } = controlled();
    const probe = createProbe(run, Date.now, { freshMs: 60_000 });
    const asked = [probe("", asker()), probe("", asker()), probe("eu", asker())];
    expect(runs.map(({ deployment }) => deployment)).toEqual(["", "eu"]);
    for (const { end } of runs) end();
    const [first, second] = await Promise.all(asked);
    expect(first).toBe(second);
    await probe("", asker());
    expect(runs).toHaveLength(2);
  });

  it("calls again once what it knows is stale", async () => {
    const { runs, run } = controlled();
    const probe = createProbe(run, Date.now, { freshMs: -1 });
    const first = probe("", asker());
    runs[0]?.end();
    await first;
    await turn();
    const second = probe("", asker());
    expect(runs).toHaveLength(2);
    runs[1]?.end();
    await second;
  });

  it("tells all of a failure, and tells it again for as long", async () => {
    const { runs, run } = controlled();
    const probe = createProbe(run, Date.now, { freshMs: 60_000 });
    const asked = [probe("", asker()), probe("", asker())].map((outcome) => outcome.catch((error: { code: ErrorCode }) => error.code));
    runs[0]?.fail(failure(ErrorCode.OVERLOADED, "busy"));
    expect(await Promise.all(asked)).toEqual([ErrorCode.OVERLOADED, ErrorCode.OVERLOADED]);
    await expect(probe("", asker())).rejects.toMatchObject({ code: ErrorCode.OVERLOADED });
    expect(runs).toHaveLength(1);
  });

  it("goes on for the others when one goes away", async () => {
    const { runs, run } = controlled();
    const probe = createProbe(run, Date.now);
    const leaving = new AbortController();
    const left = probe("", asker(leaving.signal));
    const stays = probe("", asker());
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: ErrorCode.CANCELLED });
    expect(runs[0]?.signal.aborted).toBe(false);
    runs[0]?.end();
    expect(await stays).toBeGreaterThanOrEqual(0);
  });

  it("ends with TIMEOUT when the provider does not answer", async () => {
    const { run } = controlled();
    const probe = createProbe(run, Date.now, { longestMs: 10 });
    await expect(probe("", asker())).rejects.toMatchObject({ code: ErrorCode.TIMEOUT });
  });

  it("remembers only so many names", async () => {
    let calls = 0;
    const probe = createProbe(async () => void calls++, Date.now, { freshMs: 60_000 });
    for (let name = 0; name < 300; name++) await probe(`name-${name}`, asker());
    await probe("name-0", asker());
    expect(calls).toBe(301);
  });
});
