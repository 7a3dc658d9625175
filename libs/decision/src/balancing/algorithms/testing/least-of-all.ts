import { defineBalancer } from "../balancer.ts";
import { orderByCost } from "../order-by-cost.ts";

/** Always the target with the fewest calls, as a yardstick: what two choices are there to avoid. */
export const leastOfAll = defineBalancer<object>({
  name: "least_of_all",
  because: "a yardstick",
  createState: () => ({}),
  order(_state, targets) {
    const calls = targets.map(({ active }) => active);
    const pick = calls.indexOf(Math.min(...calls));
    return orderByCost(
      pick,
      targets.map(() => 1),
      (index) => calls[index] as number,
    );
  },
});
