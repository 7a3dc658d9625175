import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type NatsServer, startNatsServer } from "@fairlead/testing/nats-server";
import { connect } from "nats";
import type { Bus } from "../src/bus.ts";
import { deadSubject } from "../src/durable-streams.ts";
import { connectNatsBus, type NatsBusSettings } from "../src/nats-bus.ts";
import { readStream } from "./drivers.ts";
import { fact, facts, freshDurable, freshName, idsOf } from "./fact.ts";
import { until } from "./until.ts";

describe("a bus over NATS", () => {
  let server: NatsServer;
  let storeDir: string;
  const opened: Bus[] = [];

  beforeEach(async () => {
    storeDir = await mkdtemp(join(tmpdir(), "fairlead-nats-"));
    server = await startNatsServer({ storeDir });
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.close()));
    await server.stop();
    await rm(storeDir, { recursive: true, force: true });
  });

  async function open(settings: Partial<NatsBusSettings> = {}): Promise<Bus> {
    const bus = await connectNatsBus({ servers: [server.url], name: "test", redeliveryMs: 20, ...settings });
    opened.push(bus);
    return bus;
  }

  async function restart(store = storeDir): Promise<void> {
    server = await startNatsServer({ port: server.port, storeDir: store });
  }

  it("sets an unreadable message aside as it is, and lets others proceed", async () => {
    const problems: string[] = [];
    const bus = await open({ onProblem: (problem) => problems.push(problem) });
    const subject = freshDurable();
    await bus.publishDurable(subject, fact("1"));
    const raw = await connect({ servers: server.url });
    await raw.jetstream().publish(subject, Uint8Array.of(0xff, 0xff, 0xff));
    await raw.jetstream().publish(subject, new Uint8Array());
    await raw.close();
    await bus.publishDurable(subject, fact("2"));
    const taken: string[] = [];
    bus.consume({ name: freshName(), subject }, async (events) => void taken.push(...idsOf(events)));
    await until(() => taken.length === 2);
    await until(async () => (await readStream(server.url, deadSubject(subject))).length === 2);
    expect((await readStream(server.url, deadSubject(subject))).map((bytes) => [...bytes])).toEqual([[0xff, 0xff, 0xff], []]);
    expect(taken).toEqual(["1", "2"]);
    expect(problems).toEqual([expect.stringContaining("unreadable message 2"), expect.stringContaining("unreadable message 3")]);
  });

  it("keeps durable events on a server with little room, where it is told so", async () => {
    await server.stop();
    const config = join(storeDir, "nats.conf");
    await writeFile(config, "jetstream { max_file_store: 64MB }");
    server = await startNatsServer({ port: server.port, storeDir, args: ["--config", config] });
    const problems: unknown[] = [];
    const subject = freshDurable();
    const asksTooMuch = await open({ onProblem: (_problem, error) => problems.push(error) });
    const unsent = asksTooMuch.publishDurable(subject, fact("1"));
    await until(() => problems.some((error) => String(error).includes("insufficient storage")));
    const bus = await open({ streams: { maxBytes: 32 * 1024 * 1024 } });
    await bus.publishDurable(subject, fact("2"));
    // What waited finds the streams that the other made.
    await unsent;
    const taken: string[] = [];
    bus.consume({ name: freshName(), subject }, async (events) => void taken.push(...idsOf(events)));
    await until(() => taken.length === 2);
  });

  it("reports an unreadable fact and goes on", async () => {
    const problems: string[] = [];
    const bus = await open({ onProblem: (problem) => problems.push(problem) });
    const gathered: string[] = [];
    bus.subscribe("facts.*", (events) => gathered.push(...idsOf(events)));
    const raw = await connect({ servers: server.url });
    await until(() => {
      raw.publish("facts.a", Uint8Array.of(0xff));
      return problems.length > 0;
    });
    await raw.close();
    bus.publish("facts.a", fact("1"));
    await until(() => gathered.length === 1);
    expect(new Set(problems)).toEqual(new Set(["unreadable message on facts.a"]));
  });

  it("shares durable events between processes that consume by one name", async () => {
    const settings = { name: freshName(), subject: freshDurable() };
    const taken: [string[], string[]] = [[], []];
    for (const list of taken) {
      (await open()).consume(settings, async (events) => {
        list.push(...idsOf(events));
        await nextTurn();
      });
    }
    const publisher = await open();
    const events = facts(400);
    for (const event of events) await publisher.publishDurable(settings.subject, event);
    await until(() => taken.flat().length === events.length);
    expect(taken.flat().map(Number).sort((a, b) => a - b)).toEqual(events.map((_, index) => index + 1));
    expect(Math.min(...taken.map(({ length }) => length))).toBeGreaterThan(20);
  });

  it("loses no durable event when the server is killed and comes back", async () => {
    const publisher = await open();
    const consumer = await open();
    const subject = freshDurable();
    const taken = new Set<string>();
    consumer.consume({ name: freshName(), subject }, async (events) => idsOf(events).forEach((id) => taken.add(id)));
    await publisher.publishDurable(subject, fact("before"));
    await until(() => taken.has("before"));

    const stored = facts(50).map((event) => publisher.publishDurable(subject, event));
    await nextTurn();
    await server.kill();
    await until(() => !publisher.connected() && !consumer.connected());
    for (let turn = 0; turn < 20; turn++) {
      stored.push(publisher.publishDurable(subject, fact(`away-${turn}`)));
      await nextTurn();
    }
    await restart();
    await until(() => publisher.connected());
    stored.push(publisher.publishDurable(subject, fact("after")));
    await Promise.all(stored);
    await until(() => taken.size === 72);
  });

  it("takes durable events again from a server that came back without its store", async () => {
    const bus = await open();
    const subject = freshDurable();
    const taken: string[] = [];
    bus.consume({ name: freshName(), subject }, async (events) => void taken.push(...idsOf(events)));
    await bus.publishDurable(subject, fact("before"));
    await until(() => taken.length === 1);
    await server.kill();
    await until(() => !bus.connected());
    const empty = await mkdtemp(join(tmpdir(), "fairlead-nats-"));
    await restart(empty);
    await bus.publishDurable(subject, fact("after"));
    await until(() => taken.length === 2);
    expect(taken).toEqual(["before", "after"]);
    await server.kill();
    await rm(empty, { recursive: true });
  });

  it("drops facts while the server is away, tells how many, and goes on when it is back", async () => {
    const problems: string[] = [];
    const bus = await open({ onProblem: (problem) => problems.push(problem) });
    const gathered: string[] = [];
    bus.subscribe("facts.*", (events) => gathered.push(...idsOf(events)));
    await server.kill();
    await until(() => !bus.connected());
    for (const event of facts(1_000)) bus.publish("facts.a", event);
    await nextTurn();
    await restart();
    await until(() => bus.connected());
    bus.publish("facts.a", fact("back"));
    await until(() => gathered.length > 0);
    expect(gathered).toEqual(["back"]);
    expect(problems).toEqual(["1000 events were dropped while the server was away"]);
  });

  it("refuses durable events while too many are unsent, and takes them again once those are stored", async () => {
    const bus = await open({ maxPending: 10 });
    const subject = freshDurable();
    await bus.publishDurable(subject, fact("first"));
    await server.kill();
    await until(() => !bus.connected());
    const stored = facts(10).map((event) => bus.publishDurable(subject, event));
    await expect(bus.publishDurable(subject, fact("11"))).rejects.toMatchObject({ detail: { code: ErrorCode.OVERLOADED, retryable: true } });
    await restart();
    await Promise.all(stored);
    await bus.publishDurable(subject, fact("12"));
    expect((await readStream(server.url, subject)).length).toBeGreaterThanOrEqual(3);
  });

  it("closes in time while the server is away, and tells who waits", async () => {
    const bus = await open();
    bus.subscribe("facts.*", () => undefined);
    const consumer = bus.consume({ name: freshName(), subject: freshDurable() }, async () => undefined);
    await server.kill();
    await until(() => !bus.connected());
    const refused = expect(bus.publishDurable(freshDurable(), fact("1"))).rejects.toMatchObject({ detail: { code: ErrorCode.UNAVAILABLE } });
    await consumer.close();
    const began = performance.now();
    await bus.close();
    expect(performance.now() - began).toBeLessThan(8_000);
    await refused;
    expect(bus.connected()).toBe(false);
  });

  it("says at once that there is no server, for who waits to try again", async () => {
    await server.kill();
    await expect(open()).rejects.toThrow("CONNECTION_REFUSED");
    await restart();
    expect((await open()).connected()).toBe(true);
  });

  it("takes more events in a turn than one message may hold, and none that is larger", async () => {
    const problems: string[] = [];
    const bus = await open({ onProblem: (problem) => problems.push(problem) });
    const subject = freshDurable();
    const taken: string[] = [];
    bus.consume({ name: freshName(), subject }, async (events) => void taken.push(...idsOf(events)));
    const text = "x".repeat(300_000);
    const ids = Array.from({ length: 8 }, (_, index) => String(index));
    await Promise.all(ids.map((id) => bus.publishDurable(subject, fact(id, { text }))));
    await until(() => taken.length === ids.length);
    expect(taken).toEqual(ids);

    const huge = fact("huge", { text: "x".repeat(2_000_000) });
    await expect(bus.publishDurable(subject, huge)).rejects.toMatchObject({ detail: { code: ErrorCode.INTERNAL } });
    bus.publish("facts.a", huge);
    await until(() => problems.length === 1);
    expect(problems).toEqual(["publish on facts.a"]);
  });

  it("does not take a later message for a copy of an earlier one", async () => {
    const bus = await open();
    const subject = freshDurable();
    const event = fact("same");
    await Promise.all([bus.publishDurable(subject, event), bus.publishDurable(subject, fact("2"))]);
    await Promise.all([bus.publishDurable(subject, event), bus.publishDurable(subject, fact("3"))]);
    expect(await readStream(server.url, subject)).toHaveLength(2);
  });
});
