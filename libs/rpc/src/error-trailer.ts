import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import { ErrorDetailSchema } from "@fairlead/contracts/errors/v1/error";
import { StatusSchema } from "@fairlead/contracts/google/rpc/status";
import { Metadata, type ServiceError, type StatusObject } from "@grpc/grpc-js";
import { asFairleadError, FairleadError, failure } from "./fairlead-error.ts";
import { codeOf, statusOf } from "./status-mapping.ts";

/** The standard trailer of gRPC for error details. */
const TRAILER = "grpc-status-details-bin";

/** Anything thrown by a handler, as what grpc-js sends. */
export function toGrpcStatus(thrown: unknown): StatusObject {
  const { detail } = asFairleadError(thrown);
  const code = statusOf(detail.code);
  const envelope = create(StatusSchema, { code, message: detail.message, details: [anyPack(ErrorDetailSchema, detail)] });
  const metadata = new Metadata();
  metadata.set(TRAILER, Buffer.from(toBinary(StatusSchema, envelope)));
  return { code, details: detail.message, metadata };
}

/** What grpc-js reports for a call, as the error that the peer's handler threw, or as a failure of the way there. */
export function fromGrpcStatus(error: ServiceError): FairleadError {
  const [bytes] = error.metadata?.get(TRAILER) ?? [];
  if (bytes instanceof Buffer) {
    const detail = fromBinary(StatusSchema, bytes).details.map((any) => anyUnpack(any, ErrorDetailSchema))[0];
    if (detail !== undefined) return new FairleadError(detail);
  }
  return failure(codeOf(error.code), `A service of the mesh failed: ${error.details}`, { cause: error });
}
