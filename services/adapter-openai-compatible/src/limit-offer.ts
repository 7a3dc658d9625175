import { create } from "@bufbuild/protobuf";
import type { TypedOffer } from "@fairlead/adapter-kit/offer";
import { type ProviderDescription, ProviderDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";

/** An offer of some of the models only. */
export function limitOffer<Traits>(offer: TypedOffer<Traits>, models: ReadonlySet<string>): TypedOffer<Traits> {
  let whole: ProviderDescription | undefined;
  let limited: ProviderDescription | undefined;
  return {
    ...offer,
    get description() {
      const { description } = offer;
      if (limited === undefined || description !== whole) {
        whole = description;
        limited = create(ProviderDescriptionSchema, {
          ...description,
          models: description.models.filter(({ model }) => models.has(model)),
        });
      }
      return limited;
    },
  };
}
