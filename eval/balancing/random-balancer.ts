import { type Balancer, defineBalancer } from "@fairlead/decision/balancing/algorithms/balancer";

/** Draws by weight and knows nothing else: what every algorithm has to beat. */
export const randomBalancer: Balancer = defineBalancer<object>({
  name: "random",
  because: "a yardstick",
  createState: () => ({}),
  order(_state, targets, { random }) {
    let left = random() * targets.reduce((sum, { weight }) => sum + weight, 0);
    const pick = targets.findIndex(({ weight }) => (left -= weight) < 0);
    return [Math.max(0, pick)];
  },
});
