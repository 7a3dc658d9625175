import OpenAI from "openai";
import type { ClientDriver, Said } from "./driver.ts";
import { failed, STRICT } from "./openai-chat.ts";
import { toolLoop } from "./tool-loop.ts";

type Items = OpenAI.Responses.ResponseInputItem[];

/** The official `openai` client on the Responses API. */
export function openaiResponses(url: string): ClientDriver {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 });
  const said = ({ output_text, status, usage }: OpenAI.Responses.Response): Said => ({
    text: output_text,
    finish: status ?? "",
    inputTokens: usage?.input_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
  });

  return {
    name: "openai responses",

    text: async (model, input) => said(await client.responses.create({ model, input })),

    async stream(model, input) {
      const stream = client.responses.stream({ model, input });
      let pieces = 0;
      stream.on("response.output_text.delta", () => pieces++);
      return { ...said(await stream.finalResponse()), pieces };
    },

    converse(model, questions, offered, run) {
      const input: Items = [];
      const tools = offered.map(({ name, description, parameters }) => ({ type: "function" as const, name, description, parameters: { ...parameters }, strict: false }));
      return toolLoop(
        questions,
        {
          say: (content) => input.push({ role: "user", content }),
          async ask() {
            const response = await client.responses.create({ model, input, tools });
            input.push(...(response.output as Items));
            const calls = response.output.flatMap((item) =>
              item.type === "function_call" ? [{ id: item.call_id, name: item.name, input: JSON.parse(item.arguments) }] : [],
            );
            return { text: response.output_text, calls };
          },
          giveBack: (results) => input.push(...results.map(({ id, output }) => ({ type: "function_call_output" as const, call_id: id, output }))),
        },
        run,
      );
    },

    async structured(model, input, schema) {
      const format = { type: "json_schema" as const, name: "place", schema: { ...schema }, strict: true };
      const { output_text } = await client.responses.create({ model, input, text: { format } });
      return JSON.parse(output_text);
    },

    image: async (model, question, png) =>
      said(
        await client.responses.create({
          model,
          input: [
            {
              role: "user",
              content: [
                { type: "input_text", text: question },
                { type: "input_image", image_url: `data:image/png;base64,${png}`, detail: "auto" },
              ],
            },
          ],
        }),
      ),

    async abort(model, input) {
      const stream = await client.responses.create({ model, input, stream: true });
      for await (const event of stream) if (event.type === "response.output_text.delta") stream.controller.abort();
      return stream.controller.signal.aborted ? "aborted" : "ended";
    },

    fail: (model, input) => failed(client.responses.create({ model, input })),

    async askStrictly(input) {
      const body = { model: "anthropic/claude-haiku-4-5", input, max_tool_calls: 5 };
      return { failed: await failed(client.responses.create(body, { headers: STRICT })), field: "max_tool_calls" };
    },
  };
}
