import { expect, test } from "vitest";
import { reusableMounts } from "./reusable-mounts.ts";
import { createRoutes } from "./routes.ts";

const saying = (text: string) => () => new Response(text);

test("a path is handed on to the next one of its owner, and to nobody else", async () => {
  const routes = createRoutes([]);
  const mounts = reusableMounts(routes);
  mounts.of("a").handle("/hook", "none", saying("first"));
  mounts.of("a").handle("/hook", "none", saying("second"));
  const served = await routes.find("/hook")!.handler(new Request("http://127.0.0.1/hook"));
  expect(await served.text()).toBe("second");
  for (const [owner, authentication] of [
    ["b", "none"],
    // Who needs no token now would answer where one was asked for.
    ["a", "token"],
  ] as const) {
    expect(() => mounts.of(owner).handle("/hook", authentication, saying("third"))).toThrow(
      expect.objectContaining({ code: "CLAWD_PATH_TAKEN" }),
    );
  }
});
