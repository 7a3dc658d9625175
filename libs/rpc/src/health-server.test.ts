import { Client, credentials } from "@grpc/grpc-js";
import { service } from "grpc-health-check";
import { type HealthServer, LIVENESS, serveHealth } from "./health-server.ts";

describe("the health service by itself", () => {
  let server: HealthServer;
  let client: Client;

  beforeEach(async () => {
    server = await serveHealth({ host: "127.0.0.1", port: 0 });
    client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  });

  afterEach(() => {
    client.close();
    server.close();
  });

  function statusOf(name: string): Promise<string> {
    const { path, requestSerialize, responseDeserialize } = service["Check"] as (typeof service)[string];
    return new Promise((resolve, reject) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: name }, (error, answer) =>
        error === null ? resolve((answer as unknown as { status: string }).status) : reject(error),
      ),
    );
  }

  it("tells that the process lives before it is ready, and that it is ready when it is", async () => {
    expect([await statusOf(""), await statusOf(LIVENESS)]).toEqual(["NOT_SERVING", "SERVING"]);
    server.setServing(true);
    expect([await statusOf(""), await statusOf(LIVENESS)]).toEqual(["SERVING", "SERVING"]);
    server.setServing(false);
    expect([await statusOf(""), await statusOf(LIVENESS)]).toEqual(["NOT_SERVING", "SERVING"]);
  });

  it("knows nothing else", async () => {
    await expect(statusOf("fairlead.routing.v1.RouterService")).rejects.toThrow("NOT_FOUND");
  });
});
