import { type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import type { MethodDefinition } from "@grpc/grpc-js";
import type { CarriedMethod } from "./call.ts";

/** A method in the terms of grpc-js. */
export function grpcMethod(method: CarriedMethod): MethodDefinition<Message, Message> {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: false,
    responseStream: method.methodKind === "server_streaming",
    requestSerialize: serializerOf(method.input),
    requestDeserialize: deserializerOf(method.input),
    responseSerialize: serializerOf(method.output),
    responseDeserialize: deserializerOf(method.output),
    originalName: method.localName,
  };
}

function serializerOf(schema: DescMessage) {
  return (message: Message): Buffer => {
    const bytes = toBinary(schema, message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

function deserializerOf(schema: DescMessage) {
  return (bytes: Buffer): Message => fromBinary(schema, bytes);
}
