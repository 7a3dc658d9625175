import { plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Flavor, OPENAI_FLAVOR } from "../flavor.ts";
import { fromChatCompletion } from "./from-chat-completion.ts";

const read = (body: object, flavor: Flavor = OPENAI_FLAVOR) => plainAnswer(fromChatCompletion(body, { flavor, adaptations: [], now: () => 0 }));
const answer = (message: object, more: object = {}) => ({ choices: [{ message, finish_reason: "stop", ...more }] });
const partsOf = (message: object, flavor?: Flavor) => read(answer(message), flavor).choices[0]?.parts;
const part = (kind: string, fields: object) => ({ kind, extras: {}, ...fields });
const thought = (text: string, signature = "") => part("reasoning", { text, signature, redacted: false });

describe("a chat completion", () => {
  it("keeps parts in order, whoever writes reasoning where", () => {
    const spoken = part("text", { text: "b" });
    expect(partsOf({ content: "b", reasoning_content: "a" })).toEqual([thought("a"), spoken]);
    expect(partsOf({ content: "b", reasoning: "a", reasoning_details: [{ text: "a" }] })).toEqual([thought("a"), spoken]);
    expect(partsOf({ content: "b", reasoning_details: [{ text: "a" }, { summary: "c" }] })).toEqual([thought("ac"), spoken]);
    const thinking = (text: string) => ({ type: "thinking", thinking: [{ type: "text", text }] });
    expect(partsOf({ content: [thinking("a"), thinking("c"), { type: "text", text: "b" }, { type: "text", text: "" }] })).toEqual([thought("ac"), spoken]);
  });

  it("keeps the state of reasoning for a server that wants it back, and for no other", () => {
    const details = [{ type: "reasoning.text", text: "a", signature: "s" }];
    const message = { content: "", reasoning: "a", reasoning_details: details };
    expect(partsOf(message, { ...OPENAI_FLAVOR, reasoningBack: "reasoning_details" })).toEqual([thought("a", JSON.stringify(details))]);
    expect(partsOf(message)).toEqual([thought("a")]);
  });

  it("takes calls without ids, with arguments as an object, and in the form before tools", () => {
    const call = (id: string, given: object) => part("toolCall", { id, name: "f", arguments: given, signature: "" });
    const tool_calls = [{ function: { name: "f", arguments: { a: 1 } } }, { id: "x", function: { name: "f", arguments: "" }, extra_content: { k: 1 } }];
    expect(partsOf({ content: null, tool_calls })).toEqual([call("call_0", { a: 1 }), { ...call("x", {}), extras: { extra_content: { k: 1 } } }]);
    expect(partsOf({ content: null, tool_calls: null, function_call: { name: "f", arguments: "{}" } })).toEqual([call("call_0", {})]);
    expect(read(answer({ tool_calls })).choices[0]).toMatchObject({ finish: "TOOL_CALLS", raw: "stop" });
  });

  it("takes pictures and sound, with the id by which sound is kept", () => {
    const images = [{ image_url: { url: "data:image/jpeg;base64,iVBORw==" } }, { image_url: { url: "https://x/y.png" } }, { image_url: { url: "file:///etc" } }];
    const audio = { id: "audio_1", data: "UklGRgAAAABXQVZF", transcript: "t", expires_at: 5 };
    expect(partsOf({ content: null, images, audio })).toEqual([
      part("audio", { where: audio.data, mimeType: "audio/wav", extras: { id: "audio_1", expires_at: 5 } }),
      part("image", { where: "iVBORw==", mimeType: "image/png" }),
      part("image", { where: "https://x/y.png", mimeType: "" }),
    ]);
  });

  it("carries a reason that it does not know, and refuses an answer without choices or with more than any has", () => {
    expect(read(answer({ content: "a" }, { finish_reason: "tired" })).choices[0]).toMatchObject({ finish: "OTHER", raw: "tired" });
    const many = { choices: Array.from({ length: 65 }, () => ({ message: {} })) };
    for (const body of [{ choices: [] }, {}, many, answer({ tool_calls: Array.from({ length: 1_025 }, () => ({ function: { name: "f" } })) })]) expect(() => read(body)).toThrow(expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER }));
  });

  it("hands on what it does not know, and nothing that says nothing", () => {
    const choice = { message: { content: "a", refusal: null, annotations: [{ x: 1 }], executed_tools: [] }, logprobs: null, content_filter_results: { hate: 1 }, finish_reason: "stop" };
    const { choices } = read({ id: "c", object: "chat.completion", model: "m", choices: [choice], service_tier: "default", citations: ["u"], usage: null });
    expect(choices[0]?.extras).toEqual({ service_tier: "default", citations: ["u"], content_filter_results: { hate: 1 }, "message.annotations": [{ x: 1 }] });
  });

  it.each([
    ["an object", { error: { type: "overloaded_error" } }, ErrorCode.OVERLOADED],
    ["a text", { error: "Incorrect API key provided" }, ErrorCode.PROVIDER_AUTHENTICATION],
    ["one of its choice", { choices: [{ error: { code: 429 }, message: { content: "" } }] }, ErrorCode.RATE_LIMITED],
    ["a call without a name", answer({ tool_calls: [{ id: "x" }] }), ErrorCode.MALFORMED_ANSWER],
  ])("takes an error that is %s for what it is", (_name, body, code) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code }));
  });

  it.each([null, 5, { choices: 7 }, { choices: [null] }, answer({ content: 5, tool_calls: "x", audio: [], images: {}, reasoning_details: 3 }), { choices: [{ message: { content: [null, 3] } }], usage: [] }])(
    "survives the shape %j",
    (body) => {
      try {
        read(body as object);
      } catch (error) {
        expect(error).toMatchObject({ code: ErrorCode.MALFORMED_ANSWER });
      }
    },
  );
});
