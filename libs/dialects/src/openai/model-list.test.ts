import { create } from "@bufbuild/protobuf";
import { ListModelsResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { toModelList } from "./model-list.ts";

describe("the list of models", () => {
  it("names each model by its own id once, and by provider and id", () => {
    const response = create(ListModelsResponseSchema, {
      models: [
        { provider: "openai", description: { model: "gpt-x" } },
        { provider: "azure", description: { model: "gpt-x" } },
        { provider: "groq", description: { model: "openai/gpt-oss" } },
      ],
    });
    const entry = (id: string, owned_by: string) => ({ id, object: "model", created: 7, owned_by });
    expect(toModelList(response, 7)).toEqual({
      object: "list",
      data: [
        entry("gpt-x", "openai"),
        entry("openai/gpt-x", "openai"),
        entry("azure/gpt-x", "azure"),
        entry("openai/gpt-oss", "groq"),
        entry("groq/openai/gpt-oss", "groq"),
      ],
    });
  });
});
