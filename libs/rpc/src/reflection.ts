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
  const encode = (file: DescFile) => Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto));
  const encoded = new Map([...files].map(([name, file]) => [name, encode(file)]));
  // The package only reads the encoded files of a definition that proto-loader would have made.
  const definition = { files: { format: "", type: {}, fileDescriptorProtos: [...encoded.values()] } };
  const reflection = new ReflectionService(definition as unknown as PackageDefinition, { services: described.map((service) => service.typeName) });
  keepEncoding(reflection as unknown as EncodedAnew, encoded);
  reflection.addToServer(server);
}

/** What the package keeps of a version of the protocol: the files as it read them, and as it wrote them anew. */
interface EncodedFiles {
  readonly files: Readonly<Record<string, object>>;
  readonly fileEncodings: Map<object, Uint8Array>;
}

interface EncodedAnew {
  readonly v1: EncodedFiles;
  readonly v1Alpha: EncodedFiles;
}

/** Writing files anew, the package (1.0.4) loses the options that it does not know: the limits of fields. */
function keepEncoding({ v1, v1Alpha }: EncodedAnew, encoded: ReadonlyMap<string, Uint8Array>): void {
  for (const { files, fileEncodings } of [v1, v1Alpha]) {
    for (const [name, bytes] of encoded) {
      const file = files[`${name}.proto`];
      if (file !== undefined) fileEncodings.set(file, bytes);
    }
  }
}

function collect(file: DescFile, files: Map<string, DescFile>): void {
  if (files.has(file.name)) return;
  files.set(file.name, file);
  for (const dependency of file.dependencies) collect(dependency, files);
}
