import type { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import type { Client } from "@fairlead/rpc/call";

const EVERY_MS = 500;
const PROBE_MS = 1_000;

/**
 * Knows whether a router has answered and had models to offer, by asking every half second until one has. From then on the edge
 * stays ready: while no router answers it can say so to its callers, which nobody could in its place.
 */
export function followReadiness(router: Client<typeof RouterService>) {
  let ready = false;
  const look = async () => {
    const deadline = Date.now() + PROBE_MS;
    const offers = await router.listModels({}, { deadline }).then(
      ({ models }) => models.length > 0,
      () => false,
    );
    // One that was asked before may fail after another was answered.
    if (!offers) return;
    ready = true;
    clearInterval(timer);
  };
  const timer = setInterval(() => void look(), EVERY_MS).unref();
  void look();
  return { ready: () => ready, close: () => clearInterval(timer) };
}
