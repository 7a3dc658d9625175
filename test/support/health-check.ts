import { type ChannelCredentials, Client, credentials } from "@grpc/grpc-js";
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { fileURLToPath } from "node:url";

/** What a health service answers of a name; without an answer the gRPC status. */
export function healthOf(address: string, service: string, as: ChannelCredentials = credentials.createInsecure()): Promise<string> {
  const client = new Client(address, as);
  const { path, requestSerialize, responseDeserialize } = check();
  return new Promise((resolve) =>
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, { deadline: Date.now() + 5_000 }, (error, answer) => {
      client.close();
      resolve(error === null ? (answer as { status: string }).status : `status ${error.code}`);
    }),
  );
}

function check(): MethodDefinition<object, object> {
  const file = fileURLToPath(new URL("../../proto/vendor/grpc/health/v1/health.proto", import.meta.url));
  const definition = loadSync(file, { enums: String, defaults: true });
  return (definition["grpc.health.v1.Health"] as ServiceDefinition)["Check"] as MethodDefinition<object, object>;
}
