import { splitTarget } from "./split-target.ts";

describe("the host and port of a target", () => {
  it.each([
    ["127.0.0.1:50051", "127.0.0.1", 50_051],
    ["localhost:50051", "localhost", 50_051],
    ["ipv4:127.0.0.1:50051", "127.0.0.1", 50_051],
    ["dns:///fairlead-router.mesh.svc:50051", "fairlead-router.mesh.svc", 50_051],
    ["dns://10.0.0.2/fairlead-router:50051", "fairlead-router", 50_051],
    ["dns:fairlead-router", "fairlead-router", undefined],
    ["[::1]:50051", "::1", 50_051],
    ["ipv6:[::1]:50051", "::1", 50_051],
    ["unix:/run/fairlead.sock", "/run/fairlead.sock", undefined],
    ["ipv4:127.0.0.1:50051,127.0.0.1:50052", undefined, undefined],
  ])("of %s are told as they are", (target, address, port) => {
    expect(splitTarget(target)).toEqual({ address, port });
  });
});
