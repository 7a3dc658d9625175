import { create } from "@bufbuild/protobuf";
import { ListModelsResponseSchema, type RouterService } from "@fairlead/contracts/routing/v1/router_service";
import type { Handlers } from "@fairlead/rpc/call";
import { startGateway } from "../../test/start-gateway.ts";

type TestGateway = Awaited<ReturnType<typeof startGateway>>;

async function ask(gateway: TestGateway, path: string) {
  const answer = await gateway.get(path);
  return { status: answer.status, connection: answer.headers.get("connection"), body: (await answer.json()) as unknown };
}

/** Models that are listed when the test says so, and when the call for them has come. */
function heldModels() {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const listModels: Handlers<typeof RouterService>["listModels"] = (_, { signal }) => {
    asked.resolve();
    signal.addEventListener("abort", () => answer.reject(signal.reason));
    return answer.promise.then(() => create(ListModelsResponseSchema));
  };
  return { listModels, asked: asked.promise, answer: answer.resolve };
}

describe("an edge that is told to end", () => {
  it("asks callers to come by other connections, answers those who still come, and is not ready", async () => {
    const gateway = await startGateway({ listModels: async () => create(ListModelsResponseSchema) });
    expect(await ask(gateway, "/v1/models")).toMatchObject({ status: 200, connection: "keep-alive" });
    expect(await ask(gateway, "/health")).toMatchObject({ status: 200 });
    gateway.leave();
    expect(await ask(gateway, "/v1/models")).toMatchObject({ status: 200, connection: "close" });
    expect(await ask(gateway, "/health")).toMatchObject({ status: 503, connection: "close" });
    await gateway.close();
  });

  it("tells also those whose answer had not begun when it was told", async () => {
    const { listModels, asked, answer } = heldModels();
    const gateway = await startGateway({ listModels });
    const answered = ask(gateway, "/v1/models");
    await asked;
    gateway.leave();
    const closed = gateway.close();
    answer();
    expect(await answered).toMatchObject({ status: 200, connection: "close" });
    await closed;
  });

  it("tells in the caller's own form what could not be waited for", async () => {
    const { listModels, asked } = heldModels();
    const gateway = await startGateway({ listModels });
    const answered = ask(gateway, "/v1/models");
    await asked;
    await gateway.close();
    expect(await answered).toMatchObject({ status: 503, body: { error: { code: "unavailable", message: expect.stringContaining("could not wait") } } });
  });
});
