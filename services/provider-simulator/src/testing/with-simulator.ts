import { createProviderSimulator, type ProviderSimulator, type ProviderSimulatorConfig } from "../service.ts";

/** Runs an action with a listening simulator and closes it whatever comes of the action. */
export async function withSimulator<T>(
  config: ProviderSimulatorConfig,
  action: (simulator: ProviderSimulator) => Promise<T>,
): Promise<T> {
  const simulator = createProviderSimulator(config);
  await simulator.listen();
  try {
    return await action(simulator);
  } finally {
    await simulator.close();
  }
}
