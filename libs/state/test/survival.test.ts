import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type RedisServer, startRedisServer } from "@fairlead/testing/redis-server";
import { openEmbeddedState } from "../src/open-embedded-state.ts";
import { openRedisState } from "../src/open-redis-state.ts";
import { ask, booksOf, dayBudget, HOLD_MS, NOON, VALID_MS } from "./ledger-fixture.ts";

describe("the embedded state", () => {
  it("has everything that was answered before its process was killed", async () => {
    const directory = await mkdtemp(join(tmpdir(), "fairlead-killed-"));
    const file = join(directory, "state.db");
    const child = spawn(process.execPath, ["--no-warnings", fileURLToPath(new URL("./killed-process.ts", import.meta.url)), file]);
    let answered = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      answered = Number(line);
      if (answered === 300) child.kill("SIGKILL");
    }
    expect(answered).toBeGreaterThanOrEqual(300);

    const state = openEmbeddedState({ file });
    const books = await booksOf(state.ledger, "b");
    const settled = Number(books.settled / 3n);
    expect(settled - answered === 0 || settled - answered === 1).toBe(true);
    const swept = await state.ledger.sweep(NOON + VALID_MS + HOLD_MS);
    expect(swept.amount).toBe(books.leased);
    expect((await booksOf(state.ledger, "b")).leased).toBe(0n);
    await state.close();
    await rm(directory, { recursive: true });
  });

  it("refuses work after it was closed", async () => {
    const state = openEmbeddedState({ file: ":memory:" });
    await state.close();
    await expect(state.ledger.listBudgets()).rejects.toMatchObject({ name: "StateError", kind: "unavailable" });
    await expect(state.ledger.putBudget(dayBudget("b", 1n))).rejects.toMatchObject({ kind: "unavailable" });
    expect(state.up()).toBe(false);
  });

  it("takes back only the change that fails of those written together", async () => {
    const state = openEmbeddedState({ file: ":memory:" });
    await state.ledger.putBudget(dayBudget("b", 100n));
    const times = { now: NOON, validForMs: VALID_MS, holdForMs: HOLD_MS };
    const request = { budgetId: "b", leaseId: "x", minimum: 1n, wanted: 5n, ...times };
    const results = await Promise.allSettled([
      ask(state.ledger, "b", "l", 10n),
      state.ledger.grant({ ...request, holder: Symbol("no text") as unknown as string }),
      ask(state.ledger, "b", "m", 20n),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await booksOf(state.ledger, "b")).leased).toBe(30n);
    await state.close();
  });
});

describe("the Redis state", () => {
  let server: RedisServer;

  beforeEach(async () => void (server = await startRedisServer()));
  afterEach(() => server.stop());

  it("fails at once while Redis is away, and works again when it is back", async () => {
    const state = await openRedisState({ url: server.url });
    await state.ledger.putBudget(dayBudget("b", 100n));
    await state.cache.put({ tenant: "acme", digest: "a" }, new Uint8Array([1]), 60_000);
    await server.stop();
    await until(() => !state.up());

    const before = performance.now();
    await expect(ask(state.ledger, "b", "l", 10n)).rejects.toMatchObject({ name: "StateError", kind: "unavailable" });
    expect(await state.cache.get({ tenant: "acme", digest: "a" })).toEqual(new Uint8Array([1]));
    expect(await state.cache.get({ tenant: "acme", digest: "b" })).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(100);

    const port = Number(new URL(server.url).port);
    server = await startRedisServer({ port });
    await until(() => state.up());
    await state.ledger.putBudget(dayBudget("b", 100n));
    expect((await ask(state.ledger, "b", "l", 10n)).kind).toBe("granted");
    await state.close();
  });

  it("gives up on a Redis that is silent, within the time limit, and drops its connection", async () => {
    const state = await openRedisState({ url: server.url, commandTimeoutMs: 100 });
    await state.ledger.putBudget(dayBudget("b", 100n));
    server.process.kill("SIGSTOP");
    await expect(ask(state.ledger, "b", "l", 10n)).rejects.toMatchObject({ kind: "unavailable" });
    await until(() => !state.up());
    server.process.kill("SIGCONT");
    await until(() => state.up());
    await state.close();
  });

  it("refuses more than a number of commands at the same time", async () => {
    const state = await openRedisState({ url: server.url, maxPending: 2 });
    await state.ledger.putBudget(dayBudget("b", 100n));
    const results = await Promise.allSettled(["l", "m", "n"].map((lease) => ask(state.ledger, "b", lease, 1n)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(results[2]).toMatchObject({ reason: { kind: "overloaded" } });
    await state.close();
  });

  it("says that it cannot be reached, without the password of its address", async () => {
    await server.stop();
    const url = server.url.replace("redis://", "redis://user:secret@");
    const failed = await openRedisState({ url }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: "StateError", kind: "unavailable" });
    expect(String(failed)).not.toContain("secret");
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
