import { type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Health } from "@fairlead/contracts/grpc/health/v1/health";
import type { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import type { ServiceDescriptor } from "./call.ts";

type PackageDefinition = ConstructorParameters<typeof ReflectionService>[0];

/** Adds the standard reflection service, so that clients such as grpcurl need no .proto files. */
export function addReflection(server: Server, services: readonly ServiceDescriptor[]): void {
  const files = new Map<string, DescFile>();
  const described = [...services, Health];
  for (const service of described) collect(service.file, files);
  const encoded = [...files.values()].map((file) => Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)));
  // The package only reads the encoded files of a definition that proto-loader would have made.
  const definition = { files: { format: "", type: {}, fileDescriptorProtos: encoded } } as unknown as PackageDefinition;
  new ReflectionService(definition, { services: described.map((service) => service.typeName) }).addToServer(server);
}

function collect(file: DescFile, files: Map<string, DescFile>): void {
  if (files.has(file.name)) return;
  files.set(file.name, file);
  for (const dependency of file.dependencies) collect(dependency, files);
}
