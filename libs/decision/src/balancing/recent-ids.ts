/** Remembers the newest names it was shown. */
export interface RecentIds {
  /** True when the name is new; it is remembered from then on. */
  add(id: string): boolean;
}

/** Remembers at least the last `capacity` names and at most twice as many; an empty name is always new. */
export function createRecentIds(capacity: number): RecentIds {
  let younger = new Set<string>();
  let older = new Set<string>();
  return {
    add(id) {
      if (id === "") return true;
      if (younger.has(id) || older.has(id)) return false;
      if (younger.size >= capacity) [older, younger] = [younger, new Set()];
      younger.add(id);
      return true;
    },
  };
}
