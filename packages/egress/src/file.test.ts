import { afterEach, expect, test } from "vitest";
import { aDialer, aServer, opened, type Origin } from "../test/a-network.ts";
import { createGuardedFetch, type GuardedFetch } from "./fetch.ts";
import { createFileFetcher } from "./file.ts";

const running: Origin[] = [];
afterEach(async () => {
  for (const origin of running.splice(0)) await origin.stop();
});

async function fileOf(body: Buffer, { status = 200, maxBytes = 1000 } = {}) {
  const site = await aServer((_request, response) => response.writeHead(status).end(body));
  running.push(site);
  const rules = { hosts: [{ host: "*.test", ports: [site.port] }, opened(site.port)] };
  const guarded = createGuardedFetch({ dialer: aDialer() });
  const withRules: GuardedFetch = (url, options) => guarded(url, { ...options, rules });
  return createFileFetcher(withRules)(`http://a.site.test:${site.port}/a.png`, { maxBytes });
}

test("a file comes as it is", async () => {
  const bytes = Buffer.from([0x89, 0, 1, 2, 255]);
  expect(Buffer.from(await fileOf(bytes)).equals(bytes)).toBe(true);
});

test.each([
  ["more bytes than asked for", { maxBytes: 999 }, "CLAWD_EGRESS_TOO_LARGE"],
  ["a page that says what is wrong", { status: 404 }, "CLAWD_EGRESS_STATUS"],
])("%s are no file", async (_what, options, code) => {
  await expect(fileOf(Buffer.alloc(1000), options)).rejects.toMatchObject({ code });
});

test("nothing is fetched from an address that is not public", async () => {
  const fetchFile = createFileFetcher(createGuardedFetch({ dialer: aDialer() }));
  for (const url of ["https://127.0.0.1/a.png", "https://169.254.169.254/latest", "file:///etc/passwd"])
    await expect(fetchFile(url, { maxBytes: 10 })).rejects.toMatchObject({
      code: "CLAWD_EGRESS_UNREACHABLE",
    });
});
