import { existsSync } from "node:fs";
import { join } from "node:path";
import { bakeFile, imageServices } from "./bake-file.ts";

const WORKSPACE = new URL("../../../", import.meta.url).pathname;

describe("the file that builds all images", () => {
  const file = bakeFile(WORKSPACE, { registry: "example.org/team", version: "1.2.3", revision: "abc" });

  it("has an image of every program of the mesh and of no other folder", () => {
    const services = imageServices(WORKSPACE);
    expect(services).toEqual(expect.arrayContaining(["gateway", "router", "adapter-openai", "provider-simulator"]));
    expect(services).not.toContain("embedded");
    expect(Object.keys(file.target)).toEqual(services);
    expect(file.group.default.targets).toEqual(services);
  });

  it("tells the Dockerfile which service it is, and calls the image after it", () => {
    expect(file.target["router"]).toEqual({
      context: ".",
      dockerfile: "deploy/docker/Dockerfile",
      args: { SERVICE: "router", VERSION: "1.2.3", REVISION: "abc" },
      tags: ["example.org/team/fairlead-router:1.2.3"],
    });
    expect(existsSync(join(WORKSPACE, file.target["router"]?.dockerfile ?? ""))).toBe(true);
  });

  it("calls images without a registry by their name alone", () => {
    const { target } = bakeFile(WORKSPACE, { registry: "", version: "1.2.3", revision: "abc" });
    expect(target["gateway"]?.tags).toEqual(["fairlead-gateway:1.2.3"]);
  });
});
