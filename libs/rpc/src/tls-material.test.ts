import { generateKeyPairSync } from "node:crypto";
import { type CertificateAuthority, createAuthority, type IssuedCertificate } from "@fairlead/testing/certificate-authority";
import { checkTlsMaterial, type TlsMaterial, TlsMaterialError } from "./tls-material.ts";

const HOUR_MS = 3_600_000;

describe("what a process proves who it is with", () => {
  let authority: CertificateAuthority;
  let one: IssuedCertificate;
  let other: IssuedCertificate;

  beforeAll(async () => {
    authority = await createAuthority();
    one = await authority.issue({ lastsMs: HOUR_MS });
    other = await authority.issue();
  });

  function material(parts: Partial<Record<keyof TlsMaterial, string>> = {}): TlsMaterial {
    const { certificate = one.certificate, privateKey = one.privateKey, authorities = authority.certificate } = parts;
    return { certificate: Buffer.from(certificate), privateKey: Buffer.from(privateKey), authorities: Buffer.from(authorities) };
  }

  function problemOf(parts: Partial<Record<keyof TlsMaterial, string>>): [string, string] {
    try {
      checkTlsMaterial(material(parts), Date.now());
    } catch (error) {
      expect(error).toBeInstanceOf(TlsMaterialError);
      return [(error as TlsMaterialError).part, (error as Error).message];
    }
    throw new Error("It was accepted.");
  }

  it("is taken where it fits together, with its serial and its ends", async () => {
    const facts = checkTlsMaterial(material(), Date.now());
    expect(facts.serial).toBe(one.serial);
    expect(Math.abs(facts.expiresAt - Date.now() - HOUR_MS)).toBeLessThan(60_000);
    expect(facts.trustEndsAt).toBeGreaterThan(facts.expiresAt);
  });

  it("ends with the first of its chain, and is trusted as long as the last of the authorities", async () => {
    const next = await createAuthority();
    const facts = checkTlsMaterial(material({ certificate: `${other.certificate}\n${one.certificate}`, privateKey: other.privateKey, authorities: `${next.certificate}\n${authority.certificate}` }), Date.now());
    expect(facts.serial).toBe(other.serial);
    expect(Math.abs(facts.expiresAt - Date.now() - HOUR_MS)).toBeLessThan(60_000);
  });

  it("is refused where certificate and key are of different issues", () => {
    expect(problemOf({ privateKey: other.privateKey })).toEqual(["privateKey", "it is not the key of the certificate"]);
  });

  it("is refused where it has expired", async () => {
    const { certificate, privateKey } = await authority.issue({ lastsMs: -HOUR_MS });
    expect(problemOf({ certificate, privateKey })).toEqual(["certificate", "it has expired"]);
  });

  it("is refused while it is written, whereever the writing stands", () => {
    for (const part of ["certificate", "privateKey", "authorities"] as const) {
      const whole = { certificate: one.certificate, privateKey: one.privateKey, authorities: authority.certificate }[part];
      for (let length = 0; length < whole.lastIndexOf("-----END"); length += 40) expect(problemOf({ [part]: whole.slice(0, length) })[0]).toBe(part);
    }
  });

  it("is refused where the second of several certificates is cut off", () => {
    const cut = `${authority.certificate}\n${other.certificate.slice(0, 200)}`;
    expect(problemOf({ authorities: cut })).toEqual(["authorities", "it holds something else than whole certificates"]);
  });

  it("is refused where a key lies in the place of a certificate", () => {
    expect(problemOf({ certificate: one.privateKey })[0]).toBe("certificate");
    expect(problemOf({ authorities: one.privateKey })[0]).toBe("authorities");
    expect(problemOf({ privateKey: one.certificate })[0]).toBe("privateKey");
  });

  it("is never quoted", () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1_024, privateKeyEncoding: { type: "pkcs8", format: "pem" }, publicKeyEncoding: { type: "spki", format: "pem" } });
    for (const text of [privateKey, privateKey.slice(0, 300), "secret"]) expect(problemOf({ privateKey: text })[1]).not.toContain(text.slice(40, 60) || "secret");
  });
});
