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
import { type CallContext, type Handlers, implement } from "./call.ts";
import { FairleadError, failure } from "./fairlead-error.ts";
import { connectGrpc } from "./grpc-client.ts";
import { type GrpcServer, serveGrpc } from "./grpc-server.ts";

describe("a gRPC server and its client", () => {
  let server: GrpcServer;
  let last: CallContext | undefined;
  let handlers: Handlers<typeof BalancingService>;

  beforeEach(async () => {
    handlers = {
      async listTargets(_, context) {
        last = context;
        return create(ListTargetsResponseSchema, { targets: [{ provider: "a", model: "b", weight: 0.5 }] });
      },
      async *watchTargets(_, context) {
        last = context;
        for (let version = 1n; version <= 3n; version++) yield create(WatchTargetsResponseSchema, { version });
      },
      acquireQuota: async () => create(AcquireQuotaResponseSchema),
      returnQuota: async () => create(ReturnQuotaResponseSchema),
    };
    const forward: Handlers<typeof BalancingService> = {
      listTargets: (request, context) => handlers.listTargets(request, context),
      watchTargets: (request, context) => handlers.watchTargets(request, context),
      acquireQuota: (request, context) => handlers.acquireQuota(request, context),
      returnQuota: (request, context) => handlers.returnQuota(request, context),
    };
    const budgets = {} as Handlers<typeof CostService>;
    server = await serveGrpc({
      host: "127.0.0.1",
      port: 0,
      implementations: [implement(BalancingService, forward), implement(CostService, { ...budgets, acquireLease: () => Promise.reject(new Error("secret")) })],
    });
  });

  afterEach(() => server.close(1000));

  const connect = () => connectGrpc(BalancingService, { target: `127.0.0.1:${server.port}`, channels: 2 });

  it("carries a unary call with its headers and deadline", async () => {
    const { client, close } = connect();
    const deadline = Date.now() + 5000;
    const answer = await client.listTargets({}, { deadline, headers: { "x-word": "yes" } });
    close();
    expect(answer.targets).toMatchObject([{ provider: "a", model: "b", weight: 0.5 }]);
    expect(last?.metadata.get("x-word")).toBe("yes");
    expect(Math.abs((last?.deadline ?? 0) - deadline)).toBeLessThan(250);
  });

  it("carries a stream", async () => {
    const { client, close } = connect();
    const versions: bigint[] = [];
    for await (const message of client.watchTargets({})) versions.push(message.version);
    close();
    expect(versions).toEqual([1n, 2n, 3n]);
  });

  it("carries the whole detail of an error", async () => {
    handlers = {
      ...handlers,
      listTargets: () => Promise.reject(failure(ErrorCode.RATE_LIMITED, "slow down", { retryAfterMs: 1500, provider: "a" })),
    };
    const { client, close } = connect();
    const thrown = await client.listTargets({}).catch((error: unknown) => error);
    close();
    expect(thrown).toBeInstanceOf(FairleadError);
    expect((thrown as FairleadError).detail).toMatchObject({
      code: ErrorCode.RATE_LIMITED,
      message: "slow down",
      retryable: true,
      provider: "a",
      retryAfter: { seconds: 1n, nanos: 500_000_000 },
    });
  });

  it("refuses what breaks a limit of the contract and names the field", async () => {
    const { client, close } = connectGrpc(CostService, { target: `127.0.0.1:${server.port}` });
    const thrown = await client.acquireLease({ budgetId: "b", minimumNanoUsd: -1n, holder: "h" }).catch((error: unknown) => error);
    close();
    expect((thrown as FairleadError).detail).toMatchObject({ code: ErrorCode.INVALID_REQUEST, violations: [{ field: "minimum_nano_usd" }] });
  });

  it("keeps the text of a defect to itself", async () => {
    const { client, close } = connectGrpc(CostService, { target: `127.0.0.1:${server.port}` });
    const thrown = await client.acquireLease({ budgetId: "b", holder: "h" }).catch((error: unknown) => error);
    close();
    expect((thrown as FairleadError).code).toBe(ErrorCode.INTERNAL);
    expect((thrown as FairleadError).message).not.toContain("secret");
  });

  it("aborts the handler when the caller leaves a stream or its signal fires", async () => {
    const aborted: Promise<string>[] = [];
    handlers = {
      ...handlers,
      async *watchTargets(_, context) {
        aborted.push(new Promise((resolve) => context.signal.addEventListener("abort", () => resolve("aborted"))));
        yield create(WatchTargetsResponseSchema, { version: 1n });
        await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
      },
    };
    const { client, close } = connect();
    for await (const message of client.watchTargets({})) {
      expect(message.version).toBe(1n);
      break;
    }
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _ of client.watchTargets({}, { signal: controller.signal })) controller.abort();
    })();
    await expect(reading).rejects.toMatchObject({ detail: { code: ErrorCode.CANCELLED } });
    expect(await Promise.all(aborted)).toEqual(["aborted", "aborted"]);
    close();
  });

  it("ends a call at its deadline, at the caller and in the handler", async () => {
    let reason: unknown;
    const seen = new Promise<void>((resolve) => {
      handlers = {
        ...handlers,
        listTargets: (_, context) =>
          new Promise((_resolve, reject) => {
            context.signal.addEventListener("abort", () => {
              reason = context.signal.reason;
              resolve();
              reject(context.signal.reason as Error);
            });
          }),
      };
    });
    const { client, close } = connect();
    const thrown = await client.listTargets({}, { deadline: Date.now() + 100 }).catch((error: unknown) => error);
    await seen;
    close();
    expect((thrown as FairleadError).code).toBe(ErrorCode.TIMEOUT);
    expect((reason as FairleadError).code).toBe(ErrorCode.TIMEOUT);
  });
});
