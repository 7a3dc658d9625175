import { createProviderSimulator } from "../service.ts";

/** Starts a simulator for the tests of one provider's adapter. */
export async function startSimulated(provider: string) {
  const simulator = createProviderSimulator();
  await simulator.listen();
  return {
    baseUrl: simulator.baseUrls[provider] ?? "",
    setFaults: (faults: readonly { readonly kind: string }[]) => simulator.setFaults(faults as never),
    clearFaults: () => simulator.clearFaults(),
    stats: () => simulator.stats(),
    requests: () => simulator.requests(),
    setModel: (of: string, model: string, settings: object) => simulator.setModel(of, model, settings),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
