import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { imageServices } from "@fairlead/docker-image/bake-file";
import { Ajv } from "ajv";
import { parse, parseAllDocuments } from "yaml";
import { lastOf, readDockerfile, wordsOf } from "./image/dockerfile.ts";

const WORKSPACE = new URL("../", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(WORKSPACE, path), "utf8");

interface Artifact {
  readonly image: string;
  readonly docker: { readonly dockerfile: string; readonly target: string; readonly buildArgs: Readonly<Record<string, string>> };
  readonly sync?: { readonly manual: readonly { readonly src: string; readonly dest: string }[] };
}

interface Release {
  readonly namespace: string;
  readonly valuesFiles: readonly string[];
  readonly setValues?: Readonly<Record<string, unknown>>;
  readonly setValueTemplates: Readonly<Record<string, string>>;
}

interface Pipeline {
  readonly build: { readonly artifacts: readonly Artifact[] };
  readonly deploy: { readonly helm: { readonly releases: readonly [Release] } };
  readonly portForward: readonly { readonly resourceName: string; readonly namespace: string; readonly port: number }[];
}

type Skaffold = Pipeline & { readonly profiles: readonly (Pipeline & { readonly name: string })[] };

/** Objects that the chart makes with an environment's values, as far as they are looked at here. */
interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly ports?: readonly { readonly port: number }[]; readonly template?: { readonly spec: { readonly containers: readonly { readonly image: string }[] } } };
}

const skaffold = parse(read("skaffold.yaml"), { merge: true, maxAliasCount: -1 }) as Skaffold;
const pipelines = [{ name: "dev", pipeline: skaffold as Pipeline }, ...skaffold.profiles.map((pipeline) => ({ name: pipeline.name, pipeline: pipeline as Pipeline }))];

describe("skaffold.yaml", () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(read("test/skaffold/v4beta13.json")) as object);

  it("keeps to Skaffold's schema, which refuses a misspelled key", () => {
    validate(skaffold);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...skaffold, portForwards: [] })).toBe(false);
  });

  it("deploys each environment with its own values", () => {
    const files = pipelines.map(({ name, pipeline }) => [name, pipeline.deploy.helm.releases[0].valuesFiles]);
    expect(Object.fromEntries(files)).toEqual({
      dev: ["helm/fairlead/values-dev.yaml"],
      staging: ["helm/fairlead/values-staging.yaml"],
      production: ["helm/fairlead/values-production.yaml"],
    });
    expect(globSync("helm/fairlead/values-*.yaml", { cwd: WORKSPACE })).toHaveLength(3);
  });

  it.each(pipelines)("builds for $name every image of ours that the chart runs there", ({ name, pipeline }) => {
    const built = pipeline.build.artifacts.map(({ image }) => image);
    const run = objectsOf(name).flatMap(({ spec }) => spec?.template?.spec.containers.map(({ image }) => image.replace(/[:@].*/, "")) ?? []);
    const ours = [...new Set(run)].filter((image) => image.startsWith("fairlead-"));
    expect(ours.length).toBeGreaterThan(6);
    expect(ours.filter((image) => !built.includes(image))).toEqual([]);
    expect(built.filter((image) => !imageServices(WORKSPACE).includes(image.replace("fairlead-", "")))).toEqual([]);
  });

  it.each(pipelines)("tells the Dockerfile for $name which service an image is, and the chart which image a service is", ({ pipeline }) => {
    const { artifacts } = pipeline.build;
    for (const { image, docker } of artifacts) expect(image).toBe(`fairlead-${docker.buildArgs["SERVICE"]}`);
    const wanted = artifacts.flatMap(({ image }) => {
      const key = `image.byService.${image.replace("fairlead-", "")}`;
      const name = image.replaceAll("-", "_");
      return [[`${key}.repository`, `{{.IMAGE_REPO_${name}}}`], [`${key}.tag`, `{{.IMAGE_TAG_${name}}}`], [`${key}.digest`, `{{with .IMAGE_DIGEST_${name}}}{{.}}{{end}}`]];
    });
    expect(pipeline.deploy.helm.releases[0].setValueTemplates).toEqual(Object.fromEntries(wanted));
  });

  it("gives the simulator's image a health check of its own everywhere", () => {
    for (const { pipeline } of pipelines) {
      const urls = pipeline.build.artifacts.map(({ image, docker }) => [image, docker.buildArgs["HEALTH_URL"]]).filter(([, url]) => url !== undefined);
      expect(urls).toEqual([["fairlead-provider-simulator", "http://127.0.0.1:8090/control/stats"]]);
    }
  });

  it("runs sources in development alone, and can write there alone", () => {
    const targets = pipelines.map(({ name, pipeline }) => [name, [...new Set(pipeline.build.artifacts.map(({ docker }) => docker.target))]]);
    expect(Object.fromEntries(targets)).toEqual({ dev: ["dev"], staging: ["service"], production: ["service"] });
    const writable = pipelines.filter(({ pipeline }) => pipeline.deploy.helm.releases[0].setValues !== undefined).map(({ name }) => name);
    expect(writable).toEqual(["dev"]);
    expect(skaffold.deploy.helm.releases[0].setValues).toEqual({ "defaults.securityContext.readOnlyRootFilesystem": false });
  });

  it("copies sources to where Node watches them", () => {
    const file = readDockerfile();
    expect(wordsOf(file, "dev", "CMD")).toEqual(["--watch", "src/main.ts"]);
    expect(lastOf(file, "dev", "WORKDIR")).toBe("/workspace/services/${SERVICE}");
    const rules = skaffold.build.artifacts.map(({ sync }) => sync?.manual);
    for (const rule of rules) expect(rule).toEqual([{ src: "libs/*/src/**/*.ts", dest: "/workspace" }, { src: "services/*/src/**/*.ts", dest: "/workspace" }]);
  });

  it("forwards ports of services that the chart has", () => {
    const services = objectsOf("dev").filter(({ kind }) => kind === "Service");
    const { namespace } = skaffold.deploy.helm.releases[0];
    expect(skaffold.portForward.length).toBeGreaterThan(0);
    for (const forward of skaffold.portForward) {
      const ports = services.find(({ metadata }) => metadata.name === forward.resourceName)?.spec.ports ?? [];
      expect({ ...forward, there: ports.some(({ port }) => port === forward.port) }).toEqual({ ...forward, namespace, there: true });
    }
  });
});

function objectsOf(environment: string): KubernetesObject[] {
  const documents = parseAllDocuments(read(`test/chart/goldens/${environment}.yaml`)).map((document) => document.toJS() as KubernetesObject | null);
  return documents.filter((object) => object !== null);
}
