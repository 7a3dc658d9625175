import type { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import type { Client } from "@fairlead/rpc/call";

const EVERY_MS = 500;
const PROBE_MS = 1_000;

/** Knows whether a router answers and has models to offer, by asking every half second. */
export function followReadiness(router: Client<typeof RouterService>) {
  let ready = false;
  const look = async () => {
    const deadline = Date.now() + PROBE_MS;
    ready = await router.listModels({}, { deadline }).then(
      ({ models }) => models.length > 0,
      () => false,
    );
  };
  void look();
  const timer = setInterval(() => void look(), EVERY_MS).unref();
  return { ready: () => ready, close: () => clearInterval(timer) };
}
