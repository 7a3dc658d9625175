import { refreshing } from "./refreshing-resolver.ts";

describe("targets that are looked up again and again", () => {
  it.each([
    ["dns:///router.mesh.svc:50051", "fairlead-dns:///router.mesh.svc:50051"],
    ["dns:router:50051", "fairlead-dns:router:50051"],
    ["dns://10.0.0.10/router:50051", "fairlead-dns://10.0.0.10/router:50051"],
    ["router:50051", "fairlead-dns:router:50051"],
    ["127.0.0.1:50051", "fairlead-dns:127.0.0.1:50051"],
    ["ipv4:10.0.0.1:50051,10.0.0.2:50051", "ipv4:10.0.0.1:50051,10.0.0.2:50051"],
    ["unix:/run/router", "unix:/run/router"],
  ])("takes %s as %s", (target, expected) => {
    expect(refreshing(target)).toBe(expected);
  });
});
