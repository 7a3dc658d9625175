import { z } from "zod";
import { defineConfig } from "./config.ts";

const file = z.string().max(4_096).default("");

/** Files of mutual TLS between the services; PEM. They are read anew when they change. All empty: calls are not encrypted. */
export const tlsConfig = defineConfig({
  section: "tls",
  schema: z
    .strictObject({
      /** The process's certificate, then those that lead to an authority. */
      certFile: file,
      keyFile: file,
      /** Authorities whose certificates are accepted; old and new ones while they change. */
      caFile: file,
    })
    .superRefine((files, context) => {
      for (const key of ["certFile", "keyFile", "caFile"] as const) {
        if (files[key] !== "" || Object.values(files).every((path) => path === "")) continue;
        context.addIssue({ code: "custom", path: [key], message: `${TLS_VARIABLES[key]} is missing; set all three of certificate, key and authorities, or none` });
      }
    }),
  environment: { FAIRLEAD_TLS_CERT_FILE: "certFile", FAIRLEAD_TLS_KEY_FILE: "keyFile", FAIRLEAD_TLS_CA_FILE: "caFile" },
});

export type TlsConfig = z.infer<(typeof tlsConfig)["schema"]>;

/** The variable of each file. */
export const TLS_VARIABLES = { certFile: "FAIRLEAD_TLS_CERT_FILE", keyFile: "FAIRLEAD_TLS_KEY_FILE", caFile: "FAIRLEAD_TLS_CA_FILE" } as const;
