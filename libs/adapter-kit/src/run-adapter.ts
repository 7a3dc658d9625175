import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { ConfigError, readConfig } from "@fairlead/runtime/config";
import { defineLinks } from "@fairlead/runtime/links";
import { runService } from "@fairlead/runtime/run-service";
import type { z } from "zod";
import type { AdapterProgram, Environment } from "./adapter-program.ts";

/** What every adapter connects to, beside its provider. */
export const adapterLinks = defineLinks({ nats: true });

/**
 * Runs an adapter as this process. Without a key it does not start, and says which variable is missing.
 *
 * @param given the adapter, or what chooses it where its folder has several
 */
export async function runAdapter<S extends z.ZodObject>(
  given: AdapterProgram<S> | ((environment: Environment) => AdapterProgram<S>),
): Promise<void> {
  const program = typeof given === "function" ? chosenBy(given) : given;
  await runService({
    name: `adapter-${program.provider}`,
    links: adapterLinks,
    async build(host) {
      const settings = readConfig(program.config);
      const bus = await connectServiceBus(host);
      return program.create(settings, { tools: host.tools, bus, instance: host.instance });
    },
  });
}

function chosenBy<S extends z.ZodObject>(choose: (environment: Environment) => AdapterProgram<S>): AdapterProgram<S> {
  try {
    return choose(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
}
