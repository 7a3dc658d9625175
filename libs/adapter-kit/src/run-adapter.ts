import { connectServiceBus } from "@fairlead/bus/connect-service-bus";
import { readConfig } from "@fairlead/runtime/config";
import { runService } from "@fairlead/runtime/run-service";
import type { z } from "zod";
import type { AdapterProgram } from "./adapter-program.ts";

/** Runs an adapter as this process. Without a key it does not start, and says which variable is missing. */
export async function runAdapter<S extends z.ZodObject>(program: AdapterProgram<S>): Promise<void> {
  await runService({
    name: `adapter-${program.provider}`,
    async build({ config, tools, instance }) {
      const settings = readConfig(program.config);
      const bus = await connectServiceBus({ config, tools, instance });
      const adapter = program.create(settings, { tools, bus, instance });
      return {
        ...adapter,
        async close() {
          await adapter.close();
          await bus.close();
        },
      };
    },
  });
}
