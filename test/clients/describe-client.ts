import type { simulatorControl } from "../support/simulator-control.ts";
import { until } from "../support/until.ts";
import type { ClientDriver, OfferedTool } from "./driver.ts";

/** A model of each provider: every client must get on with all of them. */
export interface Target {
  readonly provider: string;
  readonly model: string;
  /** One that looks at pictures. Unset: the model does. */
  readonly seeing?: string;
}

type Simulator = ReturnType<typeof simulatorControl>;

/** A red dot. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";
/** Tokens that the simulator counts for a picture. */
const TOKENS_OF_A_PICTURE = 256;

const ENDS = new Set(["stop", "end_turn", "completed"]);

const object = (properties: Record<string, object>): OfferedTool["parameters"] => ({ type: "object", properties, required: Object.keys(properties), additionalProperties: false });
const WEATHER: OfferedTool = { name: "get_weather", description: "Tells the weather of a city.", parameters: object({ city: { type: "string" } }) };
const TIDES: OfferedTool = { name: "get_tides", description: "Tells the tides of a port.", parameters: object({ port: { type: "string" }, days: { type: "integer" } }) };
const PLACE = object({ name: { type: "string" }, population: { type: "integer" }, coastal: { type: "boolean" } });

/** What an application may count on, whatever client it uses and whichever provider answers. */
export function describeClient(driver: ClientDriver, targets: readonly Target[], simulator: () => Simulator): void {
  describe(driver.name, () => {
    afterEach(() => simulator().clearModels());

    describe.each(targets)("asking $provider", ({ provider, model, seeing = model }) => {
      beforeEach(() => simulator().clearRequests());

      // Another provider may stand in for one that cannot do something, which would hide that.
      afterEach(async () => {
        const asked = new Set((await simulator().requests()).map((request) => request.provider));
        expect([...asked]).toEqual([provider]);
      });

      it("gets an answer with its end and its usage", async () => {
        const said = await driver.text(model, "Name a harbour.");
        expect(said.text).not.toBe("");
        expect(ENDS).toContain(said.finish);
        expect(said.inputTokens).toBeGreaterThan(0);
        expect(said.outputTokens).toBeGreaterThan(0);
      });

      it("gets the same answer streamed, in pieces", async () => {
        const whole = await driver.text(model, "Tell me about lighthouses.");
        const { pieces, ...streamed } = await driver.stream(model, "Tell me about lighthouses.");
        const unknown = driver.countsPromptFirst === true && provider !== "anthropic" ? { inputTokens: expect.any(Number) } : {};
        expect(streamed).toEqual({ ...whole, ...unknown });
        expect(pieces).toBeGreaterThan(1);
      });

      it("runs tools over several turns and goes on from what they gave", async () => {
        const questions = ["Use get_weather for Bergen.", "And now use get_tides there."];
        const { turns, texts } = await driver.converse(model, questions, [WEATHER, TIDES], (name) => `${name} says 7`);
        expect(turns.map((calls) => calls.map(({ name }) => name))).toEqual([["get_weather"], ["get_tides"]]);
        expect(turns[0]?.[0]?.input).toEqual({ city: expect.any(String) });
        expect(turns[1]?.[0]?.input).toEqual({ port: expect.any(String), days: expect.any(Number) });
        expect(texts).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
      });

      it("runs tools that are called together", async () => {
        const { turns, texts } = await driver.converse(model, ["Use get_weather and get_tides for Bergen."], [WEATHER, TIDES], () => "7");
        expect(turns.map((calls) => calls.map(({ name }) => name))).toEqual([["get_weather", "get_tides"]]);
        expect(texts).toHaveLength(1);
      });

      it("gets an object that follows a schema", async () => {
        const expected = { name: expect.any(String), population: expect.any(Number), coastal: expect.any(Boolean) };
        expect(await driver.structured(model, "Describe a place.", PLACE)).toEqual(expected);
      });

      it("shows a picture", async () => {
        const said = await driver.image(seeing, "What is this?", PNG);
        expect(said.text).not.toBe("");
        expect(said.inputTokens).toBeGreaterThanOrEqual(TOKENS_OF_A_PICTURE);
      });

      it("gives up a stream, and the provider is told", async () => {
        await simulator().setModel(provider, "*", { chunks: 200, tokensPerSecond: 100 });
        expect(await driver.abort(model, "Tell me everything about ropes.")).toBe("aborted");
        await until("the provider sees it go", async () => (await simulator().requests()).some(({ outcome }) => outcome === "aborted_by_client"));
      });
    });

    it("is told that a model is not known", async () => {
      const failed = await driver.fail("no-such-model", "Hello.");
      expect(failed.status).toBe(404);
      expect(failed.message).toMatch(/No provider of this mesh offers this model/);
    });

    if (driver.askStrictly !== undefined) {
      const askStrictly = driver.askStrictly;
      it("is refused what the provider cannot take, where it asks strictly", async () => {
        const { failed, field } = await askStrictly("Hello.");
        expect(failed.status).toBe(400);
        expect(failed.message).toContain(field);
      });
    }

    if (driver.embed !== undefined) {
      const embed = driver.embed;
      it("gets a vector for each text", async () => {
        const vectors = await embed("text-embedding-3-small", ["harbour", "lighthouse"]);
        expect(vectors.map((vector) => vector.length)).toEqual([1536, 1536]);
        expect(vectors[0]).not.toEqual(vectors[1]);
      });
    }
  });
}

/** Last, because targets that were refused rest for a while. */
export function describeRefusal(drivers: readonly ClientDriver[], { model }: Target, simulator: () => Simulator): void {
  describe.each(drivers.map((driver) => [driver.name, driver] as const))("%s", (_name, driver) => {
    it("is told how long to wait when every provider is busy", async () => {
      await simulator().setFaults([{ kind: "status", status: 429, retryAfter: 2 }]);
      const failed = await driver.fail(model, "Hello.");
      await simulator().clearFaults();
      expect(failed.status).toBe(429);
      if (failed.retryAfter !== undefined) expect(failed.retryAfter).toMatch(/^[1-9]\d*$/);
    });
  });
}
