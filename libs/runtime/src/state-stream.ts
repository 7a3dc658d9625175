/** What a watcher is told. With nothing in it, it only says that the state is still the same. */
export interface StateChange<K, V> {
  /** Rises with each message of one stream. */
  readonly version: number;
  /** True when `changed` is everything there is. */
  readonly snapshot: boolean;
  readonly changed: V[];
  readonly removed: K[];
}

/** How a state is told on. */
export interface StateStreamSettings {
  /** Milliseconds between two messages of ordinary changes at least. Default 250. */
  readonly intervalMs?: number;
  /** Milliseconds without a change after which a watcher is told that there is none. Default 1,000. */
  readonly heartbeatMs?: number;
  /** True tells removals by a whole snapshot, for contracts that cannot name what is gone. Default false. */
  readonly removalsAsSnapshot?: boolean;
}

/** How pressing a change is. */
export interface ChangeOptions {
  /** True tells it at once, with everything else that waits. Default false. */
  readonly urgent?: boolean;
}

/** A state of values by key that any number of watchers follow. Values are shared, so nobody may change them. */
export interface StateStream<K, V> {
  set(key: K, value: V, options?: ChangeOptions): void;
  /** Removes a key; one that is not there changes nothing. */
  delete(key: K, options?: ChangeOptions): void;
  get(key: K): V | undefined;
  /** The newest values, in the order in which their keys came. */
  values(): V[];
  /** Tells what waits, at once. */
  flush(): void;
  /** Follows the state: a whole snapshot, then changes and signs of life, until the signal aborts or the state closes. */
  watch(signal: AbortSignal): AsyncIterable<StateChange<K, V>>;
  /** Ends all watching. */
  close(): void;
}

/** Makes a state that watchers follow; each holds a set of changed keys, smaller than the state, however slow it is. */
export function createStateStream<K, V>(settings: StateStreamSettings = {}): StateStream<K, V> {
  const values = new Map<K, V>();
  const watchers = new Set<Watcher<K>>();
  let version = 0;
  let closed = false;

  function tell(key: K, urgent: boolean | undefined, whole: boolean): void {
    version += 1;
    for (const watcher of watchers) watcher.touch(key, urgent === true, whole, values.size);
  }

  function take(watcher: Watcher<K>): StateChange<K, V> {
    version += 1;
    const keys = watcher.take();
    if (keys === undefined) return { version, snapshot: true, changed: [...values.values()], removed: [] };
    const changed: V[] = [];
    const removed: K[] = [];
    for (const key of keys) {
      if (values.has(key)) changed.push(values.get(key) as V);
      else removed.push(key);
    }
    return { version, snapshot: false, changed, removed };
  }

  async function* watch(signal: AbortSignal): AsyncGenerator<StateChange<K, V>> {
    if (closed || signal.aborted) return;
    const watcher = new Watcher<K>(settings.intervalMs ?? 250, settings.heartbeatMs ?? 1_000);
    const end = () => watcher.end();
    watchers.add(watcher);
    signal.addEventListener("abort", end, { once: true });
    try {
      while (await watcher.due()) yield take(watcher);
    } finally {
      watchers.delete(watcher);
      signal.removeEventListener("abort", end);
    }
  }

  return {
    set(key, value, options) {
      values.set(key, value);
      tell(key, options?.urgent, false);
    },
    delete(key, options) {
      if (values.delete(key)) tell(key, options?.urgent, settings.removalsAsSnapshot === true);
    },
    get: (key) => values.get(key),
    values: () => [...values.values()],
    flush() {
      for (const watcher of watchers) watcher.hurry();
    },
    watch,
    close() {
      closed = true;
      for (const watcher of watchers) watcher.end();
    },
  };
}

/** Changed keys kept beyond the size of the state before a whole snapshot takes their place. */
const SPARE_KEYS = 64;

/** What one watcher has not been told yet, and when it will be. */
class Watcher<K> {
  readonly #intervalMs: number;
  readonly #heartbeatMs: number;
  readonly #keys = new Set<K>();
  #whole = true;
  #urgent = true;
  #ended = false;
  #toldAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;

  constructor(intervalMs: number, heartbeatMs: number) {
    this.#intervalMs = intervalMs;
    this.#heartbeatMs = heartbeatMs;
  }

  touch(key: K, urgent: boolean, whole: boolean, stateSize: number): void {
    const waiting = this.#waiting();
    if (!this.#whole) this.#keys.add(key);
    if (whole || this.#keys.size > stateSize + SPARE_KEYS) this.#needWhole();
    if (urgent) this.hurry();
    else if (!waiting) this.#arm();
  }

  /** Tells what waits at once; does nothing where nothing does. */
  hurry(): void {
    if (!this.#waiting()) return;
    this.#urgent = true;
    this.#arm();
  }

  /** Resolves with true when a message is due, with false when the watching is over. */
  async due(): Promise<boolean> {
    if (!this.#ended && this.#dueInMs() > 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#arm();
      });
      clearTimeout(this.#timer);
      this.#wake = undefined;
    }
    return !this.#ended;
  }

  /** The changed keys, now taken as told; undefined stands for everything. */
  take(): K[] | undefined {
    const keys = this.#whole ? undefined : [...this.#keys];
    this.#keys.clear();
    this.#whole = false;
    this.#urgent = false;
    this.#toldAt = performance.now();
    return keys;
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  #waiting(): boolean {
    return this.#whole || this.#keys.size > 0;
  }

  #needWhole(): void {
    this.#whole = true;
    this.#keys.clear();
  }

  #dueInMs(): number {
    if (this.#urgent) return 0;
    return this.#toldAt + (this.#waiting() ? this.#intervalMs : this.#heartbeatMs) - performance.now();
  }

  #arm(): void {
    if (this.#wake === undefined) return;
    clearTimeout(this.#timer);
    const dueInMs = this.#dueInMs();
    if (dueInMs <= 0) this.#wake();
    else this.#timer = setTimeout(this.#wake, dueInMs).unref();
  }
}
