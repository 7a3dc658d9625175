import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

/** What a process proves who it is with, and whom it trusts; PEM. */
export interface TlsMaterial {
  /** Its certificate, then those that lead to an authority. */
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
  /** Authorities that are trusted; more than one while they change. */
  readonly authorities: Buffer;
}

/** What is told of certificates. */
export interface CertificateFacts {
  /** Serial number of the process's own, in hexadecimal. */
  readonly serial: string;
  /** Unix milliseconds from which its own is no longer accepted: the first end in its chain. */
  readonly expiresAt: number;
  /** Unix milliseconds from which nothing is trusted any more: the last end among the authorities. */
  readonly trustEndsAt: number;
}

/** A certificate, key or authority that cannot be used. Its message quotes nothing of it. */
export class TlsMaterialError extends Error {
  readonly part: keyof TlsMaterial;

  constructor(part: keyof TlsMaterial, problem: string) {
    super(problem);
    this.name = "TlsMaterialError";
    this.part = part;
  }
}

/**
 * Holds certificate, key and authorities against each other, as they may be half written or belong to different issues.
 *
 * @param now Unix milliseconds
 * @throws TlsMaterialError
 */
export function checkTlsMaterial(material: TlsMaterial, now: number): CertificateFacts {
  const chain = certificatesIn("certificate", material.certificate);
  const authorities = certificatesIn("authorities", material.authorities);
  const [own] = chain as [X509Certificate];
  if (!own.checkPrivateKey(keyIn(material.privateKey))) throw new TlsMaterialError("privateKey", "it is not the key of the certificate");
  const expiresAt = Math.min(...chain.map(endOf));
  if (expiresAt <= now) throw new TlsMaterialError("certificate", "it has expired");
  const trustEndsAt = Math.max(...authorities.map(endOf));
  if (trustEndsAt <= now) throw new TlsMaterialError("authorities", "all in it have expired");
  tryOut(material);
  return { serial: own.serialNumber, expiresAt, trustEndsAt };
}

const BEGIN = "-----BEGIN ";
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** At least one. */
function certificatesIn(part: keyof TlsMaterial, pem: Buffer): X509Certificate[] {
  const text = pem.toString("latin1");
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new TlsMaterialError(part, "there is no certificate in it");
  if (text.split(BEGIN).length - 1 !== found.length) throw new TlsMaterialError(part, "it holds something else than whole certificates");
  try {
    return found.map((one) => new X509Certificate(one));
  } catch {
    throw new TlsMaterialError(part, "a certificate in it cannot be read");
  }
}

function keyIn(pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new TlsMaterialError("privateKey", "there is no key in it that can be read");
  }
}

/** Finds what only the TLS library itself refuses, such as keys that are too short. */
function tryOut({ certificate, privateKey, authorities }: TlsMaterial): void {
  try {
    createSecureContext({ cert: certificate, key: privateKey, ca: authorities });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "for a reason that is not told";
    throw new TlsMaterialError("certificate", `the TLS library refuses it: ${code}`);
  }
}

function endOf(certificate: X509Certificate): number {
  return certificate.validToDate.getTime();
}
