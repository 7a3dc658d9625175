import { adapterClient } from "@fairlead/adapter-kit/testing/adapter-client";
import { type ReceivedRequest, serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { openProvider } from "./testing/open-provider.ts";

const ANSWER = JSON.stringify({
  id: "c",
  model: "m",
  created: 1,
  choices: [{ index: 0, message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }],
});
const MODELS = new URL("./testing/models.yaml", import.meta.url).pathname;

/** What a server receives when it is asked, and then probed. */
async function received(
  provider: string,
  model: string,
  environment: (url: string) => Record<string, string>,
): Promise<[ReceivedRequest, ReceivedRequest]> {
  await using server = await serveFixtures({ body: ANSWER });
  const adapter = openProvider(provider, environment(server.url));
  const client = adapterClient(adapter);
  const messages = [{ role: Role.DEVELOPER, parts: [{ content: { case: "text" as const, value: { text: "x" } } }] }];
  await client.chat({ chat: { model, messages, maxOutputTokens: 9, seed: 7n } });
  await client.probe({});
  await adapter.close();
  return server.requests as [ReceivedRequest, ReceivedRequest];
}

describe("a request to a compatible server", () => {
  it("goes to the resource of Azure by the name of the deployment, with its key in a header of its own", async () => {
    const [chat, probe] = await received("azure", "gpt-4o", (url) => ({
      AZURE_OPENAI_ENDPOINT: url,
      AZURE_OPENAI_API_KEY: "k-1",
      AZURE_OPENAI_MODEL_NAMES: "gpt-4o=prod-4o",
    }));
    expect([chat.path, chat.headers["api-key"], chat.headers.authorization]).toEqual([
      "/openai/v1/chat/completions",
      "k-1",
      undefined,
    ]);
    expect(JSON.parse(chat.body)).toEqual({
      model: "prod-4o",
      messages: [{ role: "developer", content: "x" }],
      max_completion_tokens: 9,
      seed: 7,
      stream: false,
    });
    expect([probe.method, probe.path, probe.headers["api-key"]]).toEqual(["GET", "/openai/v1/models", "k-1"]);
  });

  it("goes to Azure's dated API with the deployment in its path", async () => {
    const [chat, probe] = await received("azure", "gpt-4o", (url) => ({
      AZURE_OPENAI_ENDPOINT: url,
      AZURE_OPENAI_API_KEY: "k-1",
      AZURE_OPENAI_API_VERSION: "2024-10-21",
      AZURE_OPENAI_MODEL_NAMES: "gpt-4o=prod-4o",
    }));
    expect([chat.path, chat.headers["api-key"], chat.headers.authorization]).toEqual([
      "/openai/deployments/prod-4o/chat/completions?api-version=2024-10-21",
      "k-1",
      undefined,
    ]);
    expect(probe.path).toBe("/openai/models?api-version=2024-10-21");
  });

  it("goes to an address with a query of its own", async () => {
    const [chat] = await received("foundry", "recorded", (url) => ({
      OPENAI_COMPATIBLE_PROVIDERS: JSON.stringify([
        {
          provider: "foundry",
          authorization: { header: "api-key" },
          baseUrl: `${url}/models?api-version=2024-05-01-preview`,
          modelsFile: MODELS,
        },
      ]),
      FOUNDRY_API_KEY: "k-2",
    }));
    expect([chat.path, chat.headers["api-key"]]).toEqual([
      "/models/chat/completions?api-version=2024-05-01-preview",
      "k-2",
    ]);
  });

  it("brings no key to a server that needs none, and one where it is set", async () => {
    const open = (more: Record<string, string>) =>
      received("vllm", "recorded", (url) => ({ VLLM_BASE_URL: `${url}/v1`, VLLM_MODELS_FILE: MODELS, ...more }));
    const [chat] = await open({});
    expect([chat.path, chat.headers.authorization]).toEqual(["/v1/chat/completions", undefined]);
    expect((await open({ VLLM_API_KEY: "k-3" }))[0].headers.authorization).toBe("Bearer k-3");
  });

  it("goes by the Responses API where the server speaks that", async () => {
    await using server = await serveFixtures({
      body: JSON.stringify({
        id: "r",
        status: "completed",
        output: [{ type: "message", content: [{ type: "output_text", text: "Hi." }] }],
      }),
    });
    const entry = {
      provider: "grok",
      preset: "xai",
      api: "responses",
      baseUrl: `${server.url}/v1`,
      modelNames: { "grok-4.3": "grok-4.3-eu" },
    };
    const adapter = openProvider("grok", { OPENAI_COMPATIBLE_PROVIDERS: JSON.stringify([entry]), GROK_API_KEY: "k" });
    const { chat } = await adapterClient(adapter).chat({
      chat: {
        model: "grok-4.3",
        messages: [{ role: Role.USER, parts: [{ content: { case: "text", value: { text: "x" } } }] }],
      },
    });
    expect(chat?.choices[0]?.parts).toMatchObject([{ content: { case: "text", value: { text: "Hi." } } }]);
    expect(server.requests[0]?.path).toBe("/v1/responses");
    expect(JSON.parse(server.requests[0]?.body ?? "")).toMatchObject({ model: "grok-4.3-eu", store: false });
    await adapter.close();
  });

  it("is written in the words of its server", async () => {
    const [chat] = await received("mistral", "mistral-small-2603", (url) => ({
      MISTRAL_BASE_URL: `${url}/v1`,
      MISTRAL_API_KEY: "k",
    }));
    expect(JSON.parse(chat.body)).toEqual({
      model: "mistral-small-2603",
      messages: [{ role: "system", content: "x" }],
      max_tokens: 9,
      random_seed: 7,
      stream: false,
    });
  });

  it("looks at the key where the list of models is public", async () => {
    const [, probe] = await received("openrouter", "moonshotai/kimi-k3", (url) => ({
      OPENROUTER_BASE_URL: `${url}/api/v1`,
      OPENROUTER_API_KEY: "k",
    }));
    expect(probe.path).toBe("/api/v1/key");
  });

  it("is made only for models that have a name at Azure", async () => {
    const environment = {
      AZURE_OPENAI_ENDPOINT: "http://127.0.0.1:9",
      AZURE_OPENAI_API_KEY: "k",
      AZURE_OPENAI_MODEL_NAMES: "gpt-4o=a,gpt-5.4-mini=b",
    };
    const adapter = openProvider("azure", environment);
    expect(adapter.description.models.map(({ model }) => model)).toEqual(["gpt-5.4-mini", "gpt-4o"]);
    await adapter.close();
    expect(() => openProvider("azure", { ...environment, AZURE_OPENAI_MODEL_NAMES: "gpt-99=a" })).toThrow(
      "AZURE_OPENAI_MODEL_NAMES): there is no model gpt-99",
    );
    expect(() => openProvider("azure", { ...environment, AZURE_OPENAI_MODEL_NAMES: "" })).toThrow(
      "AZURE_OPENAI_MODEL_NAMES",
    );
  });
});
