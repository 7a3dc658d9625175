import { create } from "@bufbuild/protobuf";
import { ListModelsResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import type { MeshView } from "../mesh-view.ts";

/** Lists the models that can be asked for now. */
export function listModels(view: MeshView) {
  return async () => {
    const models = view
      .providers()
      .flatMap(({ provider, simulated, models: offered }) => offered.map((description) => ({ provider, simulated, description })));
    return create(ListModelsResponseSchema, { models });
  };
}
