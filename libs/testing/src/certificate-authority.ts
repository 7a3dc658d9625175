// eslint-disable-next-line import/no-unassigned-import -- the certificate library wants what it adds to Reflect
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its key, PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly privateKey: string;
  /** In hexadecimal, as Node writes it. */
  readonly serial: string;
}

/** What a certificate is issued for. */
export interface IssueSettings {
  /** Names and addresses of the server. */
  readonly names?: readonly string[];
  /** Milliseconds from now to its end; below 0 it has expired. Unset: a day. */
  readonly lastsMs?: number;
}

/** An authority of a test's own. */
export interface CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  /** Issues a certificate for both ends of mutual TLS. */
  issue(settings?: IssueSettings): Promise<IssuedCertificate>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

/** Makes an authority with a new key. */
export async function createAuthority(name = "CN=Test authority"): Promise<CertificateAuthority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name,
    ...lasting(DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new BasicConstraintsExtension(true, undefined, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
  });
  return { certificate: root.toString("pem"), issue: (settings = {}) => issue(root, keys.privateKey, settings) };
}

async function issue(root: X509Certificate, signingKey: webcrypto.CryptoKey, settings: IssueSettings): Promise<IssuedCertificate> {
  const { names = ["127.0.0.1", "localhost"], lastsMs = DAY_MS } = settings;
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: "CN=fairlead",
    issuer: root.subject,
    ...lasting(lastsMs),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }))),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: certificate.toString("pem"),
    privateKey: PemConverter.encode(key, "PRIVATE KEY"),
    serial: certificate.serialNumber.toUpperCase(),
  };
}

/** Ends after a time, and began long enough ago for a clock that is late. */
function lasting(milliseconds: number): { notBefore: Date; notAfter: Date } {
  const notAfter = new Date(Date.now() + milliseconds);
  return { notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS), notAfter };
}

/** Positive, and without a leading zero, which not everybody writes. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}
