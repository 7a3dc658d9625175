import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { readCsv, readJsonLines, readRawCsv } from "./read-table.ts";

const folder = mkdtempSync(join(tmpdir(), "read-table-"));
const row = z.object({ id: z.string(), count: z.coerce.number() });

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("reading a table", () => {
  it("reads quoted fields over several lines and tells on which line each row starts", () => {
    const path = file("good.csv", 'id,count\n"a\nb",1\nc,2\n');
    expect(readCsv(path, row)).toEqual([
      { id: "a\nb", count: 1 },
      { id: "c", count: 2 },
    ]);
    expect(readRawCsv(path).rows.map(({ line }) => line)).toEqual([2, 4]);
  });

  it("names file, line and column of a value that cannot be used", () => {
    const path = file("bad.csv", "id,count\na,1\nb,many\n");
    expect(() => readCsv(path, row)).toThrow(`${path}:3: column "count"`);
  });

  it("names a column that is missing", () => {
    expect(() => readCsv(file("other.csv", "id,size\na,1\n"), row)).toThrow('column "count"');
  });

  it.each([
    ["a file that is not there", () => readCsv(join(folder, "none.csv"), row), "cannot be read (ENOENT)"],
    ["an empty file", () => readCsv(file("empty.csv", ""), row), "no header line"],
    ["a row with too few fields", () => readCsv(file("short.csv", "id,count\na\n"), row), "short.csv"],
    [
      "a line that is no JSON",
      () => readJsonLines(file("a.jsonl", '{"id":"a","count":1}\nno\n'), row),
      "a.jsonl:2: not a JSON object",
    ],
  ])("says what is wrong with %s", (_, read, message) => {
    expect(read).toThrow(message);
  });
});
