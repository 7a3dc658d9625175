import { asked } from "./support/asked.ts";
import { completion } from "./support/chat-wire.ts";
import { json } from "./support/fixtures.ts";
import { handBack } from "./support/hand-back.ts";
import { messageItem, response } from "./support/responses-wire.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const TWIN = "twin/plain-model";
const SEALED = "gAAAAABsealed-reasoning";
const REASONING = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: SEALED };
const INCLUDE = { include: ["reasoning.encrypted_content"], store: false };
const FALLBACK = { fairlead: { disable_fallback: false, fallback_models: ["openai/gpt-4o-mini"] } };

/** Sends each request to the other deployment than the one before it, where nothing says otherwise. */
const BY_TURNS = { fairlead: { balancing: "round_robin" } };

const TIMES = 4;

export function describeStateOfOpenai(mesh: WireMesh): void {
  describe("what only one deployment of OpenAI can read goes back to that deployment or nowhere", () => {
    const places = () => mesh.received().map(({ path }) => path.split("/")[1]);

    /** Asks once, and tells where it went and what came. */
    const first = async (more: object, output: readonly object[]) => {
      mesh.play(response(output));
      mesh.received();
      const body = { ...asked("responses", TWIN, more), ...BY_TURNS };
      const told = await mesh.ask("responses", body);
      expect(told.status).toBe(200);
      return { body, told, place: places()[0] };
    };

    it("spreads requests that hold nothing over both deployments", async () => {
      const seen = [];
      for (let turn = 0; turn < TIMES; turn++) seen.push((await first({}, [messageItem("Ahoy.")])).place);
      expect(seen.toSorted()).toEqual(["east", "east", "west", "west"]);
    });

    it("sends encrypted reasoning back, as it was, to the deployment that made it", async () => {
      const { body, told, place } = await first(INCLUDE, [REASONING, messageItem("Ahoy.")]);
      for (let turn = 0; turn < TIMES; turn++) await mesh.ask("responses", handBack("responses", body, told));
      const received = mesh.received();
      expect(received.map(({ path }) => path.split("/")[1])).toEqual(Array<unknown>(TIMES).fill(place));
      for (const { body: sent } of received)
        expect(JSON.parse(sent).input).toContainEqual(
          expect.objectContaining({ type: "reasoning", encrypted_content: SEALED }),
        );
    });

    it("goes on from an answer at the deployment that keeps it, by the provider's own id", async () => {
      const { told, place } = await first({ store: true }, [messageItem("Ahoy.")]);
      mesh.received();
      for (let turn = 0; turn < TIMES; turn++) {
        const next = asked("responses", TWIN, { previous_response_id: told.body.id });
        const { status } = await mesh.ask("responses", { ...next, ...BY_TURNS });
        expect(status).toBe(200);
      }
      const received = mesh.received();
      expect(received.map(({ path }) => path.split("/")[1])).toEqual(Array<unknown>(TIMES).fill(place));
      expect(new Set(received.map(({ body }) => JSON.parse(body).previous_response_id))).toEqual(new Set(["resp_1"]));
    });

    it("refuses to go on from an answer elsewhere, and sends nothing", async () => {
      const { told } = await first({ store: true }, [messageItem("Ahoy.")]);
      mesh.play(completion());
      mesh.received();
      const refused = await mesh.ask(
        "responses",
        asked("responses", "openai/gpt-4o-mini", { previous_response_id: told.body.id }),
      );
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused.body.error.message).toMatch(/\w/);
      const unknown = await mesh.ask(
        "responses",
        asked("responses", TWIN, { previous_response_id: "resp_of_somebody_else" }),
      );
      expect([unknown.status, unknown.body.error.param]).toEqual([400, "previous_response_id"]);
      expect(mesh.received()).toEqual([]);
    });

    it("does not reroute it when the deployment fails", async () => {
      const { told, place } = await first({ store: true }, [messageItem("Ahoy.")]);
      mesh.play(({ path }) =>
        path.includes("/chat/completions")
          ? completion()
          : json({ error: { message: "No.", type: "server_error" } }, { status: 500 }),
      );
      mesh.received();
      const failed = await mesh.ask("responses", {
        ...asked("responses", TWIN, { previous_response_id: told.body.id }),
        ...FALLBACK,
      });
      expect(failed.status).toBeGreaterThanOrEqual(500);
      expect(new Set(places())).toEqual(new Set([place]));
    });

    it("strips encrypted reasoning on the way to another family, which the answer says", async () => {
      const { body, told } = await first(INCLUDE, [REASONING, messageItem("Ahoy.")]);
      mesh.play(completion());
      mesh.sent();
      const next = await mesh.ask("responses", { ...handBack("responses", body, told), model: "plain/plain-model" });
      expect([next.status, JSON.stringify(mesh.sent())]).toEqual([200, expect.not.stringContaining(SEALED)]);
      expect(next.body.fairlead.adaptations).toContainEqual(
        expect.objectContaining({ field: expect.stringMatching(/\.reasoning/), kind: "dropped" }),
      );
    });
  });
}
