import { type AdapterProgram, enablingName, type Environment, standingOf } from "@fairlead/adapter-kit/adapter-program";
import { ConfigError, readConfig } from "@fairlead/runtime/config";
import { compatibleConfig } from "./config.ts";
import { findServers, hasAddress } from "./find-servers.ts";
import { programOf } from "./service.ts";

const PROVIDER = "FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER";

/**
 * The adapter that a process runs: of the provider that is named, or of the only one that can be called.
 *
 * @throws ConfigError that names the key which is missing or must choose
 */
export function selectAdapter(environment: Environment): AdapterProgram {
  const { provider } = readConfig(compatibleConfig, environment);
  const servers = findServers(environment);
  if (provider !== "") {
    const server = servers.find((one) => one.provider === provider);
    if (server !== undefined) return programOf(server, environment);
    throw new ConfigError(
      `Configuration: ${PROVIDER}: there is no provider ${provider}; known are ${servers.map((one) => one.provider).join(", ")}`,
    );
  }
  const programs = servers
    .filter((server) => hasAddress(server, environment))
    .map((server) => programOf(server, environment));
  const enabled = programs.filter((program) => standingOf(program, environment).enabled);
  const [only] = enabled;
  if (only !== undefined && enabled.length === 1) return only;
  if (only === undefined) {
    throw new ConfigError(
      `Configuration: no provider has a key and the adapter does not start; set ${programs.map(enablingName).join(" or ")}, or OPENAI_COMPATIBLE_PROVIDERS`,
    );
  }
  throw new ConfigError(
    `Configuration: ${PROVIDER}: name one of ${enabled.map((program) => program.provider).join(", ")}; a process serves one provider`,
  );
}
