import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import { type EmbeddedState, openEmbeddedState } from "@fairlead/state/open-embedded-state";
import type { RecordStore } from "@fairlead/state/record-store";
import { StateError } from "@fairlead/state/state-error";
import { AlertBook } from "./alert-book.ts";
import { AlertRecords } from "./alert-records.ts";
import { Lease } from "./lease.ts";

const TIMING = { forMs: 0, resolveAfterMs: 0, escalateAfterMs: 1_000 };
const NOW = 1_700_000_000_000;

let state: EmbeddedState;

beforeEach(() => {
  state = openEmbeddedState({ file: ":memory:" });
});

afterEach(() => state.close());

/** A store that can be taken away and given back. */
function breakable(records: RecordStore): RecordStore & { down: boolean } {
  const store = {
    down: false,
    put: (...all: Parameters<RecordStore["put"]>) => (store.down ? Promise.reject(new StateError("unavailable", "away")) : records.put(...all)),
    load: (...all: Parameters<RecordStore["load"]>) => (store.down ? Promise.reject(new StateError("unavailable", "away")) : records.load(...all)),
  };
  return store;
}

function openBook(instance: string) {
  const records = breakable(state.records);
  const lease = new Lease({ records, instance, leaseMs: 10_000 });
  const told: string[] = [];
  const tell = (alert: { alertId: string; revision: bigint }, news: string) => told.push(`${news} ${alert.alertId} ${alert.revision}`);
  const book = new AlertBook({ records: new AlertRecords(records), lease, tell, problem: () => undefined });
  const observe = (severity: AlertSeverity, now: number, alertId = "a") => book.observe({ alertId, rule: "r", message: "m", labels: {}, severity, timing: TIMING }, now);
  return { book, lease, records, told, observe };
}

describe("who looks after alerts", () => {
  it("is one at a time, and another when the lease is over or given up", async () => {
    const [first, second] = [openBook("first"), openBook("second")];
    expect(await Promise.all([first.lease.keep(NOW), second.lease.keep(NOW)])).toEqual([true, false]);
    expect(await second.lease.keep(NOW + 9_999)).toBe(false);
    expect(await second.lease.keep(NOW + 12_000)).toBe(true);
    expect(await first.lease.keep(NOW + 12_001)).toBe(false);
    expect(first.lease.held()).toBe(false);
    await second.lease.release(NOW + 12_002);
    expect(await first.lease.keep(NOW + 20_000)).toBe(true);
  });

  it("goes on while the store cannot be reached, and tells", async () => {
    const { book, lease, records, told, observe } = openBook("first");
    await lease.keep(NOW);
    records.down = true;
    await expect(lease.keep(NOW + 20_000)).rejects.toThrow("away");
    expect(lease.held()).toBe(true);
    observe(AlertSeverity.CRITICAL, NOW + 20_000);
    await book.settled();
    expect(told).toEqual(["raised a 1"]);
    expect(await book.list()).toMatchObject([{ alertId: "a", resolved: false }]);
    await expect(book.acknowledge("a", "ada", "", NOW)).rejects.toThrow("away");
    records.down = false;
    book.retry(NOW + 21_000);
    await book.settled();
    expect(await openBook("second").book.list()).toMatchObject([{ alertId: "a", revision: 1n }]);
    expect(told).toEqual(["raised a 1"]);
  });
});

describe("changes of an alert", () => {
  it("are told only by who looks after it", async () => {
    const [first, second] = [openBook("first"), openBook("second")];
    await first.lease.keep(NOW);
    await second.lease.keep(NOW);
    for (const { book, observe } of [first, second]) {
      observe(AlertSeverity.CRITICAL, NOW);
      await book.settled();
    }
    expect([first.told, second.told]).toEqual([["raised a 1"], []]);
  });

  it("go on from what another wrote in between, and keep who took note", async () => {
    const [first, second] = [openBook("first"), openBook("second")];
    await first.lease.keep(NOW);
    first.observe(AlertSeverity.WARNING, NOW);
    await first.book.settled();
    await second.book.acknowledge("a", "ada", "Seen.", NOW + 1);
    first.observe(AlertSeverity.CRITICAL, NOW + 2);
    await first.book.settled();
    first.observe(AlertSeverity.CRITICAL, NOW + 5_000);
    await first.book.settled();
    expect(first.told).toEqual(["raised a 1", "worsened a 3"]);
    expect(await first.book.list()).toMatchObject([{ revision: 3n, acknowledgedBy: "ada", comment: "Seen.", severity: AlertSeverity.CRITICAL, escalations: 0 }]);
    first.observe(AlertSeverity.UNSPECIFIED, NOW + 6_000);
    await first.book.settled();
    expect((await second.book.list())[0]).toMatchObject({ resolved: true, acknowledgedBy: "ada" });
    await expect(second.book.acknowledge("a", "bob", "", NOW)).rejects.toMatchObject({ code: ErrorCode.CONFLICT });
  });

  it("are numbered on where the alert was over and comes back", async () => {
    const { book, lease, told, observe } = openBook("first");
    await lease.keep(NOW);
    for (const [index, severity] of [AlertSeverity.INFO, AlertSeverity.UNSPECIFIED, AlertSeverity.INFO].entries()) {
      observe(severity, NOW + index);
      await book.settled();
    }
    expect(told).toEqual(["raised a 1", "resolved a 2", "raised a 3"]);
    expect((await book.list())[0]).toMatchObject({ acknowledgedBy: "", resolved: false });
  });
});
