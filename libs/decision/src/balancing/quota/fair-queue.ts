/** Something that waits for its tenant's turn. */
export interface Waiting<Item> {
  readonly item: Item;
  readonly tenant: string;
  /** What serving it takes, above 0. */
  readonly cost: number;
  /** Virtual time at which it starts, and ends by its tenant's share. */
  readonly start: number;
  readonly finish: number;
  /** Order of arrival. */
  readonly order: number;
}

/** A queue that is fair between tenants. Plain but for its items. */
export interface FairQueue<Item> {
  readonly waiting: readonly Waiting<Item>[];
  /** Start of what was last served, in virtual time. */
  readonly clock: number;
  /** Virtual time at which each tenant's last item ends; only of tenants whose time is not over. */
  readonly finishes: Readonly<Record<string, number>>;
  readonly arrivals: number;
}

/** A queue in which nothing waits. */
export function emptyQueue<Item>(): FairQueue<Item> {
  return { waiting: [], clock: 0, finishes: {}, arrivals: 0 };
}

/**
 * Adds an item. Start-time fair queueing (Goyal, Vin and Cheng, 1996): an item starts, in virtual time, when the item of
 * its tenant before it ends, or now, and takes cost / weight. Served in the order of starts, tenants that always have
 * something waiting get service in proportion to their weights, and one that comes back is not paid for its absence.
 *
 * @param weight of the tenant, above 0
 */
export function enqueue<Item>(
  queue: FairQueue<Item>,
  item: Item,
  { tenant, cost, weight }: { readonly tenant: string; readonly cost: number; readonly weight: number },
): FairQueue<Item> {
  const start = Math.max(queue.clock, queue.finishes[tenant] ?? 0);
  const finish = start + cost / weight;
  const waiting = { item, tenant, cost, start, finish, order: queue.arrivals };
  return {
    waiting: insert(queue.waiting, waiting),
    clock: queue.clock,
    finishes: { ...queue.finishes, [tenant]: finish },
    arrivals: queue.arrivals + 1,
  };
}

/** The item to serve next, which stays in the queue; undefined where nothing waits. */
export function nextInLine<Item>({ waiting }: FairQueue<Item>): Waiting<Item> | undefined {
  return waiting[0];
}

/** Takes the item out that is to be served next. */
export function serveNext<Item>(queue: FairQueue<Item>): FairQueue<Item> {
  const [first, ...waiting] = queue.waiting;
  if (first === undefined) return queue;
  if (waiting.length === 0) return { ...emptyQueue<Item>(), arrivals: queue.arrivals };
  const clock = Math.max(queue.clock, first.start);
  const finishes = Object.fromEntries(Object.entries(queue.finishes).filter(([, finish]) => finish > clock));
  return { ...queue, waiting, clock, finishes };
}

/** Takes an item out that is not to be served. What its tenant waits for after it moves up. */
export function withdraw<Item>(queue: FairQueue<Item>, item: Item): FairQueue<Item> {
  const gone = queue.waiting.find((one) => one.item === item);
  if (gone === undefined) return queue;
  const length = gone.finish - gone.start;
  const moved = queue.waiting
    .filter((one) => one !== gone)
    .map((one) =>
      one.tenant === gone.tenant && one.start >= gone.finish
        ? { ...one, start: one.start - length, finish: one.finish - length }
        : one,
    );
  const finishes = { ...queue.finishes, [gone.tenant]: (queue.finishes[gone.tenant] ?? gone.finish) - length };
  return { ...queue, waiting: moved.sort(byStart), finishes };
}

function insert<Item>(waiting: readonly Waiting<Item>[], one: Waiting<Item>): Waiting<Item>[] {
  let place = waiting.length;
  while (place > 0 && byStart(waiting[place - 1] as Waiting<Item>, one) > 0) place--;
  return waiting.toSpliced(place, 0, one);
}

function byStart(left: Waiting<unknown>, right: Waiting<unknown>): number {
  return left.start - right.start || left.order - right.order;
}
