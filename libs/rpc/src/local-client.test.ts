import { create } from "@bufbuild/protobuf";
import {
  AcquireQuotaResponseSchema,
  BalancingService,
  ListTargetsResponseSchema,
  ReturnQuotaResponseSchema,
  WatchTargetsResponseSchema,
} from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { CallContext, Handlers } from "./call.ts";
import { FairleadError, failure } from "./fairlead-error.ts";
import { localClient } from "./local-client.ts";

type Balancing = Handlers<typeof BalancingService>;

const working: Balancing = {
  listTargets: async () => create(ListTargetsResponseSchema, { targets: [{ provider: "a" }] }),
  async *watchTargets() {
    for (let version = 1n; version <= 3n; version++) yield create(WatchTargetsResponseSchema, { version });
  },
  acquireQuota: async () => create(AcquireQuotaResponseSchema),
  returnQuota: async () => create(ReturnQuotaResponseSchema),
};

async function thrownBy(work: () => Promise<unknown>): Promise<FairleadError> {
  const thrown = await work().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(FairleadError);
  return thrown as FairleadError;
}

async function readAll(messages: AsyncIterable<{ version: bigint }>): Promise<bigint[]> {
  const versions: bigint[] = [];
  for await (const { version } of messages) versions.push(version);
  return versions;
}

describe("a client of a service in the same process", () => {
  it("carries calls and streams", async () => {
    const client = localClient(BalancingService, working);
    expect((await client.listTargets({})).targets).toMatchObject([{ provider: "a" }]);
    expect(await readAll(client.watchTargets({}))).toEqual([1n, 2n, 3n]);
  });

  it("tells the handler what the caller said of the call", async () => {
    let context: CallContext | undefined;
    const client = localClient(BalancingService, {
      ...working,
      listTargets: async (_, told) => {
        context = told;
        return create(ListTargetsResponseSchema);
      },
    });
    const { signal } = new AbortController();
    await client.listTargets({}, { signal, deadline: 7, headers: { "x-word": "yes" } });
    expect(context).toEqual({ signal, deadline: 7, trace: ROOT_CONTEXT, metadata: new Map([["x-word", "yes"]]) });
    await client.listTargets({});
    expect(context).toMatchObject({ deadline: undefined, metadata: new Map() });
    expect(context?.signal.aborted).toBe(false);
  });

  it.each([
    ["rejects", () => Promise.reject(new TypeError("secret"))],
    ["throws at once", () => {
      throw new TypeError("secret");
    }],
  ])("keeps the text of a defect to itself where the handler %s", async (_, listTargets) => {
    const client = localClient(BalancingService, { ...working, listTargets });
    const thrown = await thrownBy(() => client.listTargets({}));
    expect([thrown.code, thrown.message.includes("secret")]).toEqual([ErrorCode.INTERNAL, false]);
  });

  it("hands on the error of a handler as it is, of calls and of streams", async () => {
    const error = failure(ErrorCode.RATE_LIMITED, "slow down");
    const client = localClient(BalancingService, {
      ...working,
      listTargets: () => Promise.reject(error),
      async *watchTargets() {
        yield create(WatchTargetsResponseSchema, { version: 1n });
        throw error;
      },
    });
    expect(await thrownBy(() => client.listTargets({}))).toBe(error);
    expect(await thrownBy(() => readAll(client.watchTargets({})))).toBe(error);
  });

  it("keeps the text of a defect in a stream to itself", async () => {
    const client = localClient(BalancingService, {
      ...working,
      async *watchTargets() {
        yield create(WatchTargetsResponseSchema);
        throw new TypeError("secret");
      },
    });
    expect((await thrownBy(() => readAll(client.watchTargets({})))).code).toBe(ErrorCode.INTERNAL);
  });

  it("ends the handler's stream when the caller leaves it", async () => {
    let ended = false;
    const client = localClient(BalancingService, {
      ...working,
      async *watchTargets() {
        try {
          for (;;) yield create(WatchTargetsResponseSchema);
        } finally {
          ended = true;
        }
      },
    });
    for await (const _ of client.watchTargets({})) break;
    expect(ended).toBe(true);
  });

  it("does not begin a call whose caller is gone", async () => {
    let begun = 0;
    const client = localClient(BalancingService, {
      ...working,
      listTargets: async () => create(ListTargetsResponseSchema, { targets: [{ weight: ++begun }] }),
      watchTargets: (...all) => working.watchTargets(...(begun++, all)),
    });
    const signal = AbortSignal.abort();
    expect((await thrownBy(() => client.listTargets({}, { signal }))).code).toBe(ErrorCode.CANCELLED);
    expect((await thrownBy(() => readAll(client.watchTargets({}, { signal })))).code).toBe(ErrorCode.CANCELLED);
    expect(begun).toBe(0);
  });

  it("says so where nothing serves a method", async () => {
    const client = localClient(BalancingService, {} as Balancing);
    expect((await thrownBy(() => client.listTargets({}))).code).toBe(ErrorCode.UNIMPLEMENTED);
    expect((await thrownBy(() => readAll(client.watchTargets({})))).code).toBe(ErrorCode.UNIMPLEMENTED);
  });

  it("checks requests only of callers from outside", async () => {
    const begun: string[] = [];
    const handlers = { acquireLease: async () => void begun.push("lease") } as unknown as Handlers<typeof CostService>;
    const request = { budgetId: "b", holder: "h", minimumNanoUsd: -1n };
    const thrown = await thrownBy(() => localClient(CostService, handlers, { validated: true }).acquireLease(request));
    expect(thrown.detail).toMatchObject({ code: ErrorCode.INVALID_REQUEST, violations: [{ field: "minimum_nano_usd" }] });
    expect(begun).toEqual([]);
    await localClient(CostService, handlers).acquireLease(request);
    expect(begun).toEqual(["lease"]);
  });
});
