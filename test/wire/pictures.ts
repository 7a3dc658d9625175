import { message } from "./support/anthropic-wire.ts";
import { asked } from "./support/asked.ts";
import { generated } from "./support/content-wire.ts";
import { ollamaAnswer } from "./support/ollama-wire.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const BYTES: Readonly<Record<string, readonly number[]>> = {
  "image/png": [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4],
  "image/jpeg": [0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 1],
  "image/gif": [0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0, 0],
  "image/webp": [0x52, 0x49, 0x46, 0x46, 4, 0, 0, 0, 0x57, 0x45, 0x42, 0x50],
};
const TYPES = Object.keys(BYTES);
const base64 = (bytes: readonly number[]) => Buffer.from(bytes).toString("base64");
const PNG = base64(BYTES["image/png"] ?? []);
const BITMAP = base64([0x42, 0x4d, 0x1a, 0, 0, 0, 0, 0, 0, 0, 0x1a, 0]);

const showing = (model: string, url: string) => {
  const content = [
    { type: "text", text: "What is it?" },
    { type: "image_url", image_url: { url } },
  ];
  return asked("chat", model, { messages: [{ role: "user", content }] });
};

export function describePictures(mesh: WireMesh): void {
  describe("a picture is told by its bytes in each provider's form, and an address is fetched behind a guard", () => {
    const sentFor = async (body: object) => {
      mesh.sent();
      const told = await mesh.ask("chat", body);
      return { told, sent: mesh.sent()[0] };
    };

    it.each(TYPES)("tells Anthropic %s by its bytes, whatever the caller calls it", async (type) => {
      mesh.play(message());
      const said = type === "image/png" ? "image/jpeg" : "image/png";
      const { sent } = await sentFor(
        showing("anthropic/claude-haiku-4-5", `data:${said};base64,${base64(BYTES[type] ?? [])}`),
      );
      expect(sent.messages[0].content[1]).toEqual({
        type: "image",
        source: { type: "base64", media_type: type, data: base64(BYTES[type] ?? []) },
      });
    });

    it("tells Gemini the type by the bytes", async () => {
      mesh.play(generated());
      const { sent } = await sentFor(showing("google/gemini-2.5-flash", `data:image/jpeg;base64,${PNG}`));
      expect(sent.contents[0].parts[1].inlineData).toEqual({ mimeType: "image/png", data: PNG });
    });

    it("hands Ollama bare base64", async () => {
      mesh.play(ollamaAnswer());
      const { sent } = await sentFor(showing("ollama/llama3.2-vision", `data:image/png;base64,${PNG}`));
      expect(sent.messages[0].images).toEqual([PNG]);
    });

    it("leaves out for Anthropic what it does not take and says so, or refuses it where it is asked strictly", async () => {
      mesh.play(message());
      const body = showing("anthropic/claude-haiku-4-5", `data:image/png;base64,${BITMAP}`);
      const { told, sent } = await sentFor(body);
      expect(JSON.stringify(sent)).not.toContain(BITMAP);
      expect(told.body.fairlead.adaptations).toContainEqual(
        expect.objectContaining({ field: "messages[0].parts[1].image", kind: "dropped" }),
      );
      expect((await mesh.ask("chat", body, { "x-fairlead-strict": "true" })).status).toBe(400);
    });

    describe("where the picture stands at an address", () => {
      const port = () => new URL(mesh.upstream.url).port;
      const listed = (path: string) => `http://localhost:${port()}${path}`;
      const fetched = () =>
        mesh.upstream.requests
          .splice(0)
          .filter(({ method }) => method === "GET")
          .map(({ path }) => path);
      const picture = { headers: { "content-type": "text/plain" }, body: Buffer.from(BYTES["image/png"] ?? []) };
      const redirect = (location: string) => ({ status: 302, headers: { location }, body: "" });

      it("fetches it from a host that is allowed, and looks at the bytes", async () => {
        mesh.play(({ method }) => (method === "GET" ? picture : ollamaAnswer()));
        const { sent } = await sentFor(showing("ollama/llama3.2-vision", listed("/a.jpg")));
        expect(sent.messages[0].images).toEqual([PNG]);
      });

      it.each([
        ["a private address", () => "http://127.0.0.1/secret"],
        ["a private address at another port", () => `${mesh.upstream.url}/secret`],
        ["a link-local address", () => "http://169.254.169.254/latest/meta-data"],
        ["a private address in other figures", () => "http://2130706433/secret"],
        ["a name that leads to a private address once it is resolved", () => "http://localhost/secret"],
      ])("refuses %s without asking it or the provider", async (_what, url) => {
        mesh.play(({ method }) => (method === "GET" ? picture : generated()));
        mesh.upstream.requests.splice(0);
        const { status, body } = await mesh.ask("chat", showing("google/gemini-2.5-flash", url()));
        expect([status, body.error.code]).toEqual([400, "invalid_request"]);
        expect(body.error.message).toMatch(/: the address (leads to a host that is not public|has a port other than)/);
        expect(body.error.message).not.toContain("secret");
        expect(mesh.upstream.requests.splice(0)).toEqual([]);
      });

      it("refuses an allowed host that leads on to a private address", async () => {
        mesh.play(({ method, path }) =>
          method !== "GET" ? ollamaAnswer() : path === "/start" ? redirect(`${mesh.upstream.url}/secret`) : picture,
        );
        mesh.upstream.requests.splice(0);
        const { status, body } = await mesh.ask("chat", showing("ollama/llama3.2-vision", listed("/start")));
        expect([status, body.error.code, fetched()]).toEqual([400, "invalid_request", ["/start"]]);
      });
    });
  });
}
