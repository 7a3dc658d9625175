import { mediaHostList, toMediaHosts } from "./media-hosts.ts";

const hosts = toMediaHosts(["files.corp", "*.media.corp", "10.1.0.0/16", "192.168.7.7", "fd00:7::/32"]);

describe("hosts of one's own for media", () => {
  it.each([
    ["files.corp", true],
    ["a.media.corp", true],
    ["a.b.media.corp", true],
    ["media.corp", false],
    ["evilmedia.corp", false],
    ["files.corp.evil.com", false],
    ["10.1.2.3", true],
    ["10.2.2.3", false],
    ["192.168.7.7", true],
    ["192.168.7.8", false],
    ["fd00:7::1", true],
    ["fd00:8::1", false],
    ["::ffff:10.1.2.3", true],
  ])("list %s: %p", (host, listed) => {
    expect(hosts.lists(host)).toBe(listed);
  });

  it.each([
    ["8.8.8.8", "any.example", true],
    ["10.1.9.9", "any.example", true],
    ["10.2.9.9", "any.example", false],
    ["127.0.0.1", "files.corp", true],
    ["127.0.0.1", "files.example", false],
  ])("let %s of %s be connected to: %p", (address, name, may) => {
    expect(hosts.mayConnect(address, name)).toBe(may);
  });

  it.each([
    ["Files.Corp, 10.0.0.0/8", ["files.corp", "10.0.0.0/8"]],
    [["*.corp", "::1"], ["*.corp", "::1"]],
    [undefined, []],
  ])("are read from %j", (given, entries) => {
    expect(mediaHostList.parse(given)).toEqual(entries);
  });

  it.each([["http://files.corp"], ["10.0.0.0/33"], ["10.0.0.0/-1"], ["files.corp/8"], ["*"], ["a b!"], ["fd00::/129"]])("are not read from %j", (given) => {
    expect(mediaHostList.safeParse(given).success).toBe(false);
  });
});
