import { createStateStream, type StateChange, type StateStream, type StateStreamSettings } from "./state-stream.ts";

type Change = StateChange<string, string>;

interface Watching {
  next(): Promise<Change | undefined>;
  end(): void;
}

const open: AbortController[] = [];

function follow(stream: StateStream<string, string>): Watching {
  const controller = new AbortController();
  open.push(controller);
  const iterator = stream.watch(controller.signal)[Symbol.asyncIterator]();
  return {
    next: async () => {
      const result = await iterator.next();
      return result.done === true ? undefined : result.value;
    },
    end: () => controller.abort(),
  };
}

function quiet(settings: StateStreamSettings = {}): StateStream<string, string> {
  return createStateStream<string, string>({ intervalMs: 3_600_000, heartbeatMs: 3_600_000, ...settings });
}

/** The promise's value, or "nothing" when it has none after a turn of the event loop. */
async function soon<T>(promise: Promise<T>): Promise<T | "nothing"> {
  return Promise.race([promise, new Promise<"nothing">((resolve) => setImmediate(() => resolve("nothing")))]);
}

afterEach(() => {
  for (const controller of open.splice(0)) controller.abort();
});

describe("state stream", () => {
  it("begins with everything there is", async () => {
    const stream = quiet();
    stream.set("a", "1");
    stream.set("b", "2");
    stream.set("a", "3");
    expect(await follow(stream).next()).toMatchObject({ snapshot: true, changed: ["3", "2"], removed: [] });
  });

  it("begins with an empty snapshot where there is nothing", async () => {
    expect(await follow(quiet()).next()).toMatchObject({ snapshot: true, changed: [], removed: [] });
  });

  it("tells ordinary changes together, newest value only, once the interval has passed", async () => {
    const stream = quiet({ intervalMs: 60 });
    const watching = follow(stream);
    await watching.next();
    const toldAt = performance.now();
    const next = watching.next();
    stream.set("a", "1");
    stream.set("b", "1");
    await new Promise((resolve) => setImmediate(resolve));
    stream.set("a", "2");
    expect(await next).toMatchObject({ snapshot: false, changed: ["2", "1"], removed: [] });
    expect(performance.now() - toldAt).toBeGreaterThanOrEqual(58);
  });

  it("tells an urgent change at once, with what waits", async () => {
    const stream = quiet();
    const watching = follow(stream);
    await watching.next();
    const next = watching.next();
    stream.set("a", "1");
    expect(await soon(next)).toBe("nothing");
    stream.set("b", "2", { urgent: true });
    expect(await soon(next)).toMatchObject({ changed: ["1", "2"] });
  });

  it("tells an urgent change that came before the watcher asked", async () => {
    const stream = quiet();
    const watching = follow(stream);
    await watching.next();
    stream.set("a", "1", { urgent: true });
    expect(await soon(watching.next())).toMatchObject({ changed: ["1"] });
  });

  it("tells what waits when it is flushed, and nothing where nothing does", async () => {
    const stream = quiet();
    const watching = follow(stream);
    await watching.next();
    const next = watching.next();
    stream.flush();
    expect(await soon(next)).toBe("nothing");
    stream.set("a", "1");
    stream.flush();
    expect(await soon(next)).toMatchObject({ changed: ["1"] });
  });

  it("names what is gone", async () => {
    const stream = quiet();
    stream.set("a", "1");
    const watching = follow(stream);
    await watching.next();
    stream.delete("a", { urgent: true });
    expect(await watching.next()).toMatchObject({ snapshot: false, changed: [], removed: ["a"] });
    expect(stream.values()).toEqual([]);
  });

  it("tells a key that came back as changed, not as gone", async () => {
    const stream = quiet();
    stream.set("a", "1");
    const watching = follow(stream);
    await watching.next();
    stream.delete("a");
    stream.set("a", "2");
    stream.flush();
    expect(await watching.next()).toMatchObject({ changed: ["2"], removed: [] });
  });

  it("says nothing of the removal of what is not there", async () => {
    const stream = quiet();
    const watching = follow(stream);
    await watching.next();
    stream.delete("a", { urgent: true });
    expect(await soon(watching.next())).toBe("nothing");
  });

  it("tells removals by a whole snapshot where the contract cannot name them", async () => {
    const stream = quiet({ removalsAsSnapshot: true });
    stream.set("a", "1");
    stream.set("b", "2");
    const watching = follow(stream);
    await watching.next();
    stream.delete("a", { urgent: true });
    expect(await watching.next()).toMatchObject({ snapshot: true, changed: ["2"], removed: [] });
  });

  it("gives a sign of life while nothing changes", async () => {
    const stream = quiet({ heartbeatMs: 30 });
    const watching = follow(stream);
    await watching.next();
    const since = performance.now();
    expect(await watching.next()).toMatchObject({ snapshot: false, changed: [], removed: [] });
    expect(performance.now() - since).toBeGreaterThanOrEqual(28);
  });

  it("raises the version with every message", async () => {
    const stream = quiet({ heartbeatMs: 5 });
    const watching = follow(stream);
    const versions: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      if (turn % 2 === 0) stream.set("a", String(turn), { urgent: true });
      versions.push((await watching.next())?.version ?? 0);
    }
    expect(versions).toEqual([...new Set(versions)].sort((left, right) => left - right));
  });

  it("keeps no more for a slow watcher than which keys changed", async () => {
    const stream = quiet();
    const watching = follow(stream);
    await watching.next();
    for (let turn = 0; turn < 10_000; turn += 1) stream.set(`key ${turn % 3}`, String(turn));
    stream.flush();
    expect(await watching.next()).toMatchObject({ snapshot: false, changed: ["9999", "9997", "9998"] });
  });

  it("replaces a long list of removals by a snapshot, so that it cannot grow without end", async () => {
    const stream = quiet();
    stream.set("kept", "1");
    const watching = follow(stream);
    await watching.next();
    for (let turn = 0; turn < 1_000; turn += 1) {
      stream.set(`key ${turn}`, "passing");
      stream.delete(`key ${turn}`);
    }
    stream.flush();
    expect(await watching.next()).toMatchObject({ snapshot: true, changed: ["1"], removed: [] });
  });

  it("serves a fast watcher while another does not take anything", async () => {
    const stream = quiet();
    const slow = follow(stream);
    const fast = follow(stream);
    await Promise.all([slow.next(), fast.next()]);
    for (let turn = 0; turn < 3; turn += 1) {
      stream.set(`key ${turn}`, String(turn), { urgent: true });
      expect(await fast.next()).toMatchObject({ changed: [String(turn)] });
    }
    expect(await slow.next()).toMatchObject({ changed: ["0", "1", "2"] });
  });

  it("ends when the signal aborts, also while it waits", async () => {
    const watching = follow(quiet());
    await watching.next();
    const next = watching.next();
    watching.end();
    expect(await next).toBeUndefined();
  });

  it("ends all watching when it is closed", async () => {
    const stream = quiet();
    const watching = follow(stream);
    await watching.next();
    const next = watching.next();
    stream.close();
    expect(await next).toBeUndefined();
    expect(await follow(stream).next()).toBeUndefined();
  });

  it("stops when the reader leaves its loop", async () => {
    const stream = quiet();
    const seen: Change[] = [];
    for await (const change of stream.watch(new AbortController().signal)) {
      seen.push(change);
      break;
    }
    expect(seen).toHaveLength(1);
  });
});
