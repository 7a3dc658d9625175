import { toManifest } from "./to-manifest.ts";

describe("a manifest in an image", () => {
  it("names JavaScript and says nothing of building", () => {
    const exports = { ".": "./src/service.ts", "./*": "./src/*.ts" };
    const manifest = { name: "a", version: "1.0.0", private: true, type: "module", exports, dependencies: { b: "1.0.0" }, devDependencies: { c: "1.0.0" } };
    expect(toManifest(manifest)).toEqual({ name: "a", version: "1.0.0", type: "module", exports: { ".": "./src/service.js", "./*": "./src/*.js" } });
  });

  it("has no declarations among its exports", () => {
    const exports = { "./*": { types: "./src/*_pb.d.ts", default: "./src/*_pb.js" } };
    expect(toManifest({ name: "a", exports })).toEqual({ name: "a", exports: { "./*": { default: "./src/*_pb.js" } } });
  });
});
