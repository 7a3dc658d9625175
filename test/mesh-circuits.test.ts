import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { connectGrpc } from "@fairlead/rpc/grpc-client";
import { native, send } from "./support/http.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { type MeshShape, startMesh } from "./support/start-mesh.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;
const MODEL = "gpt-4o";

describe("circuits of several executors, over NATS and Redis", () => {
  let shape: MeshShape;

  beforeAll(async () => {
    shape = await startMesh({}, { "fallback-manager": 2 });
  }, 2 * MINUTE);

  afterAll(() => shape?.close(), MINUTE);

  /** The state of the model's circuit as one executor holds it. */
  async function stateAt(name: string): Promise<string | undefined> {
    const { client, close } = connectGrpc(ExecutionService, { target: shape.mesh.part(name).grpcAddress });
    try {
      const { circuits } = await client.listCircuits({});
      const found = circuits.find(({ model }) => model === MODEL);
      return found === undefined ? undefined : String(found.state);
    } finally {
      close();
    }
  }

  it("are open at all within a second, stay so over a crash, and are closed at all by hand", async () => {
    await simulatorControl(shape.simulatorUrl).setFaults([{ provider: "openai", kind: "status", status: 500 }]);
    const ask = () => send("POST", `${shape.httpUrl}/api/v1/generate`, native("Hi.", { model: MODEL }, { fallbackModels: ["claude-haiku-4-5"] }));
    const executors = ["fallback-manager", "fallback-manager-2"];
    const states = () => Promise.all(executors.map(stateAt));
    await until("one executor's circuit opens", async () => {
      await ask();
      return (await states()).includes("2");
    });
    const openedAt = Date.now();
    await until("the other's is open too", async () => (await states()).every((state) => state === "2"));
    expect(Date.now() - openedAt).toBeLessThan(1_000);

    const second = shape.mesh.part("fallback-manager-2");
    const before = second.pid();
    second.kill("SIGKILL");
    await until("another process in its place", () => second.pid() !== undefined && second.pid() !== before, 20_000);
    await second.ready();
    expect(await stateAt("fallback-manager-2")).toBe("2");

    await simulatorControl(shape.simulatorUrl).clearFaults();
    await send("POST", `${shape.httpUrl}/api/v1/circuits/reset`, { provider: "openai", model: MODEL });
    await until("both are closed", async () => (await states()).every((state) => state === "1"));
  }, MINUTE);
});
