import { ConfigError } from "@fairlead/runtime/config";
import { createFairlead, type Fairlead } from "./service.ts";

/** Starts a mesh in this process, says where it listens and how to call it, and ends it on SIGTERM and Ctrl-C. */
export async function start(): Promise<void> {
  const fairlead = await createFairlead().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof ConfigError ? 78 : 1);
  });
  process.stdout.write(greeting(fairlead));
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    void fairlead.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

function greeting({ ports, providers, leftOut, simulator }: Fairlead): string {
  const named = (simulated: boolean) => providers.filter((one) => one.simulated === simulated).map(({ provider }) => provider);
  const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
  const http = `http://127.0.0.1:${ports.http}`;
  const body = '{"model":"auto","messages":[{"role":"user","content":"Say hello."}]}';
  return [
    "Fairlead is ready.",
    "",
    `  HTTP       ${http}      (OpenAI, Anthropic, REST, Connect)`,
    `  gRPC       127.0.0.1:${ports.grpc}`,
    `  metrics    http://127.0.0.1:${ports.admin}/metrics`,
    ...(simulator === undefined ? [] : [`  simulator  ${simulator.controlUrl}`]),
    "",
    `  real providers:      ${list(named(false))}`,
    `  simulated providers: ${list(named(true))}`,
    ...(leftOut.length === 0 ? [] : [`  not started:         ${leftOut.map(({ provider, setting }) => `${provider} (no ${setting})`).join(", ")}`]),
    "",
    "Try it:",
    "",
    `  curl -s ${http}/v1/chat/completions -H 'content-type: application/json' -d '${body}'`,
    "",
    "",
  ].join("\n");
}
