import { readFileSync } from "node:fs";
import type { RoutingRules } from "@fairlead/decision/routing/rules/routing-rules";
import { ConfigError } from "@fairlead/runtime/config";
import type { ServiceTools } from "@fairlead/runtime/service";
import { watchFile } from "@fairlead/runtime/watch-file";
import { parse } from "yaml";
import type { RouterConfig } from "./config.ts";
import type { RouterMetrics } from "./metrics.ts";
import { rulesFileSchema, toRoutingRules } from "./routing-rules-config.ts";

/** The rules in force. */
export interface RuledRoutes {
  current(): RoutingRules;
  close(): Promise<void>;
}

/**
 * Reads the rules of the configuration and of the file that it names, and the file again whenever it changes. A file
 * that is broken stops the start; later, the rules before it stay in force and the error is told.
 *
 * @throws ConfigError that names the key
 */
export function openRuledRoutes(config: RouterConfig, tools: ServiceTools, metrics: Pick<RouterMetrics, "rulesRead">): RuledRoutes {
  const { rulesFile: file } = config;
  let rules = file === "" ? toRoutingRules(config) : readRules(config, file);
  if (file === "") return { current: () => rules, close: async () => undefined };
  const watch = watchFile(file, () => {
    try {
      rules = readRules(config, file);
      metrics.rulesRead(true);
      tools.logger.info({ rules: rules.rules.length, aliases: Object.keys(rules.aliases).length }, "routing rules were read anew");
    } catch (error) {
      metrics.rulesRead(false);
      tools.logger.error({ err: error }, "routing rules could not be read; those before stay in force");
    }
  });
  return { current: () => rules, close: () => watch.close() };
}

/** The configuration's own rules come before those of the file. */
function readRules(config: RouterConfig, file: string): RoutingRules {
  const stated = rulesFileSchema.safeParse(parseFile(file) ?? {});
  if (!stated.success) {
    const problems = stated.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`);
    throw new ConfigError(`router.rulesFile: ${problems.join("; ")}`);
  }
  const aliases = { ...stated.data.aliases, ...config.aliases };
  return toRoutingRules({ aliases, rules: [...config.rules, ...stated.data.rules] });
}

function parseFile(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : "unknown";
    throw new ConfigError(`router.rulesFile: cannot read ${file}: ${reason}`);
  }
}
