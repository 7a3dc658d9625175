import { readConfig } from "./config.ts";
import { createProviderSimulator } from "./service.ts";

const simulator = createProviderSimulator(readConfig(process.env));
await simulator.listen();
process.stdout.write(`provider simulator listens: ${JSON.stringify(simulator.baseUrls)}\n`);

const stop = (): void => void simulator.close();
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
