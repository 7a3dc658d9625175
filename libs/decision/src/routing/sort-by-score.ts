/** What can be sorted: a score of 0 to 1, and a rank that orders equal scores. */
interface Scored {
  readonly score: number;
  readonly rank: number;
}

const BUCKETS = 512;
/** Items of a bucket up to which insertion sorts them faster than anything else. */
const FEW = 16;

/**
 * Sorts by score, the highest first; equal scores by rank. Distribution counting with straight insertion
 * (D. Knuth, "The Art of Computer Programming" 3, 5.2), since comparing costs more than all else in a decision among
 * hundreds; where scores crowd, by comparison.
 */
export function sortByScore<T extends Scored>(items: readonly T[]): T[] {
  const bucketOf = new Int32Array(items.length);
  const places = new Int32Array(BUCKETS + 1);
  let most = 0;
  for (let index = 0; index < items.length; index++) {
    const { score } = items[index] as T;
    const bucket = BUCKETS - 1 - Math.min(BUCKETS - 1, Math.max(0, Math.trunc(score * BUCKETS)));
    bucketOf[index] = bucket;
    places[bucket + 1] = at(places, bucket + 1) + 1;
    most = Math.max(most, at(places, bucket + 1));
  }
  if (most > FEW) return [...items].sort(compare);
  for (let bucket = 0; bucket < BUCKETS; bucket++) places[bucket + 1] = at(places, bucket + 1) + at(places, bucket);
  const sorted = new Array<T>(items.length);
  for (let index = 0; index < items.length; index++) {
    const bucket = at(bucketOf, index);
    const place = at(places, bucket);
    places[bucket] = place + 1;
    sorted[place] = items[index] as T;
  }
  return insertionSort(sorted);
}

function insertionSort<T extends Scored>(items: T[]): T[] {
  for (let index = 1; index < items.length; index++) {
    const item = items[index] as T;
    let place = index;
    for (; place > 0 && compare(items[place - 1] as T, item) > 0; place--) items[place] = items[place - 1] as T;
    items[place] = item;
  }
  return items;
}

function compare(a: Scored, b: Scored): number {
  return b.score - a.score || a.rank - b.rank;
}

function at(array: Int32Array, index: number): number {
  return array[index] as number;
}
