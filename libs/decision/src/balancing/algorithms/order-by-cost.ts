/**
 * Puts a pick first and the other targets behind it by cost, the cheapest first; those without weight come last.
 * Insertion, since targets are few.
 *
 * @param cost a finite number for each index
 */
export function orderByCost(pick: number, weights: readonly number[], cost: (index: number) => number): number[] {
  const order: number[] = [pick];
  const costs: number[] = [0];
  for (let index = 0; index < weights.length; index++) {
    if (index === pick) continue;
    const own = (weights[index] as number) > 0 ? cost(index) : Number.POSITIVE_INFINITY;
    let place = order.length;
    for (; place > 1 && (costs[place - 1] as number) > own; place--) {
      order[place] = order[place - 1] as number;
      costs[place] = costs[place - 1] as number;
    }
    order[place] = index;
    costs[place] = own;
  }
  return order;
}
