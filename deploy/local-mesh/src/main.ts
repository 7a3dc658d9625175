import { readConfig } from "@fairlead/runtime/config";
import { localMeshConfig } from "./config.ts";
import { startLocalMesh } from "./local-mesh.ts";

const config = readConfig(localMeshConfig);
const write = (line: string) => process.stdout.write(`${line}\n`);
let closing = false;

const mesh = await startLocalMesh({
  ...config,
  say: write,
  tell(event) {
    if (event.kind === "ended" && !closing) write(`${event.name} ended (${event.how}) and is started again`);
  },
}).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

const names = (simulated: boolean) => mesh.providers.filter((one) => one.simulated === simulated).map(({ provider }) => provider).join(", ") || "none";
const body = '{"model":"auto","messages":[{"role":"user","content":"Say hello."}]}';
write("Fairlead's mesh is ready.\n");
write(`  HTTP       ${mesh.httpUrl}      (OpenAI, Anthropic, REST, Connect)`);
write(`  gRPC       ${mesh.grpcAddress}`);
for (const part of mesh.parts) write(`  ${part.name.padEnd(18)} pid ${String(part.pid()).padEnd(8)} grpc ${part.grpcAddress}  metrics ${part.adminUrl}/metrics`);
if (mesh.simulatorUrl !== undefined) write(`  simulator  ${mesh.simulatorUrl}/control`);
write(`\n  real providers:      ${names(false)}\n  simulated providers: ${names(true)}`);
if (mesh.leftOut.length > 0) write(`  not started:         ${mesh.leftOut.map(({ provider, setting }) => `${provider} (no ${setting})`).join(", ")}`);
write(`  logs: ${config.dataDir}/logs\n`);
write(`Try it:\n\n  curl -s ${mesh.httpUrl}/v1/chat/completions -H 'content-type: application/json' -d '${body}'\n`);

const stop = () => {
  if (closing) process.exit(1);
  closing = true;
  void mesh.close().then(() => process.exit(0));
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
