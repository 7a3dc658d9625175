import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Bus } from "../src/bus.ts";
import { drivers } from "./drivers.ts";
import { fact, facts, freshDurable, freshName, idsOf } from "./fact.ts";
import { until } from "./until.ts";

describe.each(drivers)("a bus ($name)", (driver) => {
  beforeAll(() => driver.start());
  afterAll(() => driver.stop());

  /** Tells durable events in turns of their own. */
  async function tell(bus: Bus, subject: string, events: readonly Event[]): Promise<void> {
    for (const event of events) {
      await bus.publishDurable(subject, event);
      await nextTurn();
    }
  }

  async function gather(bus: Bus, pattern: string): Promise<string[][]> {
    const gathered: string[][] = [];
    bus.subscribe(pattern, (events) => gathered.push(idsOf(events)));
    return gathered;
  }

  it("is connected", async () => {
    expect((await driver.open()).connected()).toBe(true);
  });

  it("carries the events of one turn together, in order, and those of the next apart", async () => {
    const bus = await driver.open();
    const gathered = await gather(bus, "fairlead.v1.alert.changed.*");
    for (const event of facts(3)) bus.publish("fairlead.v1.alert.changed.info", event);
    await nextTurn();
    bus.publish("fairlead.v1.alert.changed.info", fact("4"));
    await until(() => gathered.flat().length === 4);
    expect(gathered).toEqual([["1", "2", "3"], ["4"]]);
  });

  it("carries the whole event", async () => {
    const bus = await driver.open();
    const gathered: Event[] = [];
    bus.subscribe("fairlead.v1.alert.>", (events) => gathered.push(...events));
    bus.publish("fairlead.v1.alert.changed.info", fact("1", { text: "hällo" }));
    await until(() => gathered.length === 1);
    expect(gathered).toEqual([fact("1", { text: "hällo" })]);
  });

  it("keeps the order of more events than one message holds", async () => {
    const bus = await driver.open();
    const gathered = await gather(bus, "fairlead.v1.alert.changed.many");
    const text = "x".repeat(1_000);
    const ids = Array.from({ length: 5_000 }, (_, index) => String(index));
    for (const id of ids) bus.publish("fairlead.v1.alert.changed.many", fact(id, { text }));
    await until(() => gathered.flat().length === ids.length);
    expect(gathered.flat()).toEqual(ids);
  });

  it.each([
    ["a.b", ["a.b"]],
    ["a.*", ["a.b", "a.c"]],
    ["*.b", ["a.b"]],
    ["a.>", ["a.b", "a.c", "a.b.c"]],
    ["*.*.c", ["a.b.c"]],
    [">", ["a", "a.b", "a.c", "a.b.c"]],
    ["b", []],
  ])("brings %s what matches it", async (pattern, expected) => {
    const bus = await driver.open();
    const gathered = await gather(bus, pattern === ">" ? "patterns.>" : `patterns.${pattern}`);
    const last = await gather(bus, "last");
    for (const subject of ["a", "a.b", "a.c", "a.b.c"]) bus.publish(`patterns.${subject}`, fact(subject));
    bus.publish("last", fact("last"));
    await until(() => last.length === 1);
    expect(gathered.flat().sort()).toEqual([...expected].sort());
  });

  it("brings nothing to a subscription that was closed", async () => {
    const bus = await driver.open();
    const gathered: string[] = [];
    const subscription = bus.subscribe("closed.*", (events) => gathered.push(...idsOf(events)));
    const others = await gather(bus, "closed.*");
    await subscription.close();
    bus.publish("closed.a", fact("1"));
    await until(() => others.length === 1);
    expect(gathered).toEqual([]);
  });

  it("brings events to others where one handler throws, and reports it", async () => {
    const problems: string[] = [];
    const bus = await driver.open({ onProblem: (problem) => problems.push(problem) });
    bus.subscribe("throwing.*", () => {
      throw new Error("broken");
    });
    const others = await gather(bus, "throwing.*");
    bus.publish("throwing.a", fact("1"));
    await until(() => others.length === 1);
    expect(problems).toEqual(["handler of throwing.*"]);
  });

  it("keeps durable events until their consumer comes, in order", async () => {
    const bus = await driver.open();
    const subject = freshDurable();
    await Promise.all(facts(3).map((event) => bus.publishDurable(subject, event)));
    const taken: string[] = [];
    bus.consume({ name: freshName(), subject }, async (events) => void taken.push(...idsOf(events)));
    await until(() => taken.length === 3);
    expect(taken).toEqual(["1", "2", "3"]);
  });

  it("keeps durable events for a consumer that went and comes back", async () => {
    const bus = await driver.open();
    const settings = { name: freshName(), subject: freshDurable() };
    const taken: string[] = [];
    const handle = async (events: readonly Event[]) => void taken.push(...idsOf(events));
    const first = bus.consume(settings, handle);
    await bus.publishDurable(settings.subject, fact("1"));
    await until(() => taken.length === 1);
    await first.close();
    await bus.publishDurable(settings.subject, fact("2"));
    await bus.publishDurable(settings.subject, fact("3"));
    expect(taken).toEqual(["1"]);
    bus.consume(settings, handle);
    await until(() => taken.length === 3);
    expect(taken).toEqual(["1", "2", "3"]);
  });

  it("brings durable events to every consumer", async () => {
    const bus = await driver.open();
    const subject = freshDurable();
    const taken: Record<string, string[]> = { first: [], second: [] };
    for (const [key, list] of Object.entries(taken)) {
      bus.consume({ name: `${key}-${freshName()}`, subject }, async (events) => void list.push(...idsOf(events)));
    }
    await Promise.all(facts(3).map((event) => bus.publishDurable(subject, event)));
    await until(() => Object.values(taken).flat().length === 6);
    expect(taken).toEqual({ first: ["1", "2", "3"], second: ["1", "2", "3"] });
  });

  it("shares events among the replicas of a consumer, each to one of them", async () => {
    const bus = await driver.open();
    const settings = { name: freshName(), subject: freshDurable() };
    const taken: [string[], string[]] = [[], []];
    for (const list of taken) {
      bus.consume(settings, async (events) => {
        list.push(...idsOf(events));
        await nextTurn();
      });
    }
    const events = facts(500);
    await tell(bus, settings.subject, events);
    await until(() => taken.flat().length === events.length);
    expect(taken.flat().map(Number).sort((a, b) => a - b)).toEqual(events.map((_, index) => index + 1));
    expect(Math.min(...taken.map(({ length }) => length))).toBeGreaterThan(50);
  });

  it("brings events again to a handler that rejected them, while others proceed", async () => {
    const bus = await driver.open({ redeliveryMs: 50 });
    const subject = freshDurable();
    const taken: string[] = [];
    let failures = 0;
    bus.consume({ name: freshName(), subject }, async (events) => {
      if (events[0]?.eventId === "1" && failures++ < 2) throw new Error("not now");
      taken.push(...idsOf(events));
    });
    await tell(bus, subject, facts(3));
    await until(() => taken.length === 3);
    expect(taken).toEqual(["2", "3", "1"]);
    expect(failures).toBe(3);
  });

  it("sets aside what always fails, while others proceed", async () => {
    const bus = await driver.open({ redeliveryMs: 10, maxDeliveries: 3 });
    const subject = freshDurable();
    const taken: string[] = [];
    let deliveries = 0;
    bus.consume({ name: freshName(), subject }, async (events) => {
      if (events[0]?.eventId === "2" && ++deliveries > 0) throw new Error("never");
      taken.push(...idsOf(events));
    });
    await tell(bus, subject, facts(3));
    await until(() => taken.length === 2);
    await until(async () => (await driver.deadLetters(subject)).length > 0);
    expect(await driver.deadLetters(subject)).toEqual(["2"]);
    expect([...taken, deliveries]).toEqual(["1", "3", 3]);
  });

  it("sets aside only the event that fails, not those told in the same turn", async () => {
    const bus = await driver.open({ redeliveryMs: 10, maxDeliveries: 2 });
    const subject = freshDurable();
    const taken: string[] = [];
    bus.consume({ name: freshName(), subject }, async (events) => {
      if (idsOf(events).includes("2")) throw new Error("never");
      taken.push(...idsOf(events));
    });
    await Promise.all(facts(3).map((event) => bus.publishDurable(subject, event)));
    await until(async () => (await driver.deadLetters(subject)).length > 0);
    expect(await driver.deadLetters(subject)).toEqual(["2"]);
    expect(taken).toEqual(["1", "3"]);
  });

  it("takes the same event as often as it is told", async () => {
    const bus = await driver.open();
    const subject = freshDurable();
    const taken: string[] = [];
    bus.consume({ name: freshName(), subject }, async (events) => void taken.push(...idsOf(events)));
    const event = fact("same");
    await Promise.all([bus.publishDurable(subject, event), bus.publishDurable(subject, event)]);
    await Promise.all([bus.publishDurable(subject, event), bus.publishDurable(subject, fact("other"))]);
    await until(() => taken.includes("other"));
    expect(new Set(taken)).toEqual(new Set(["same", "other"]));
  });

  it("calls no handler once its consumer is closed", async () => {
    const bus = await driver.open();
    const settings = { name: freshName(), subject: freshDurable() };
    let closed = false;
    let late = 0;
    let begun = 0;
    const consumer = bus.consume(settings, async (events) => {
      begun += events.length;
      if (closed) late += 1;
      await nextTurn();
    });
    await tell(bus, settings.subject, facts(50));
    await until(() => begun > 0);
    await consumer.close();
    closed = true;
    const rest: string[] = [];
    bus.consume(settings, async (events) => void rest.push(...idsOf(events)));
    await until(() => begun + rest.length >= 50);
    expect(late).toBe(0);
  });

  it("sends what is waiting when it is closed", async () => {
    const bus = await driver.open();
    // Within one process there is one bus; over NATS a peer listens on its own connection.
    const listener = driver.name === "local" ? bus : await driver.open();
    const plain = await gather(listener, "closing.*");
    const probe = await driver.open();
    if (driver.name === "nats") {
      await until(async () => {
        probe.publish("closing.probe", fact("probe"));
        await nextTurn();
        return plain.length > 0;
      });
      plain.length = 0;
    }
    const subject = freshDurable();
    const taken: string[] = [];
    listener.consume({ name: freshName(), subject }, async (events) => void taken.push(...idsOf(events)));
    bus.publish("closing.a", fact("1"));
    const stored = bus.publishDurable(subject, fact("2"));
    await bus.close();
    await stored;
    await until(() => plain.flat().includes("1") && taken.includes("2"));
  });

  it("never throws or waits for a fact told after it was closed", async () => {
    const bus = await driver.open();
    await bus.close();
    bus.publish("after.close", fact("1"));
    await nextTurn();
  });
});

describe("a bus within one process", () => {
  const local = drivers[0]!;

  it("refuses durable events while too many wait for a consumer that is not there", async () => {
    const bus = await local.open({ maxPending: 3 });
    const subject = freshDurable();
    for (const event of facts(3)) await bus.publishDurable(subject, event);
    await expect(bus.publishDurable(subject, fact("4"))).rejects.toMatchObject({ detail: { code: ErrorCode.OVERLOADED, retryable: true } });
    const taken: string[] = [];
    bus.consume({ name: freshName(), subject }, async (events) => void taken.push(...idsOf(events)));
    await until(() => taken.length === 3);
    await bus.publishDurable(subject, fact("5"));
    await until(() => taken.length === 4);
    expect(taken).toEqual(["1", "2", "3", "5"]);
  });

  it("refuses durable events while too many wait for a slow consumer", async () => {
    const bus = await local.open({ maxPending: 3 });
    const subject = freshDurable();
    const { promise, resolve } = Promise.withResolvers<void>();
    bus.consume({ name: freshName(), subject }, () => promise);
    for (const event of facts(3)) await bus.publishDurable(subject, event);
    await nextTurn();
    await expect(bus.publishDurable(subject, fact("4"))).rejects.toMatchObject({ detail: { code: ErrorCode.OVERLOADED } });
    resolve();
    await until(() => bus.publishDurable(subject, fact("5")).then(() => true, () => false));
  });

  it("goes on after a dead letter that its owner could not take", async () => {
    const { createLocalBus } = await import("../src/local-bus.ts");
    const onDeadLetter = () => {
      throw new Error("full");
    };
    const bus = createLocalBus({ maxDeliveries: 1, onDeadLetter });
    const subject = freshDurable();
    const taken: string[] = [];
    bus.consume({ name: freshName(), subject }, async (events) => {
      if (idsOf(events).includes("1")) throw new Error("never");
      taken.push(...idsOf(events));
    });
    for (const event of facts(2)) await bus.publishDurable(subject, event);
    await until(() => taken.length === 1);
    expect(taken).toEqual(["2"]);
    await bus.close();
  });
});
