import type { MediaSource } from "@fairlead/contracts/chat/v1/content";
import type { AdaptationLog } from "./adaptations.ts";

/** True, and noted as dropped, for a file that speakers of another dialect keep: its id means nothing here. */
export function keptElsewhere(source: MediaSource | undefined, dialect: string, path: string, log: AdaptationLog): boolean {
  if (source?.location.case !== "fileId" || source.dialect === "" || source.dialect === dialect) return false;
  log.dropped(path, `The provider does not speak ${source.dialect}, whose speakers keep the file.`);
  return true;
}
