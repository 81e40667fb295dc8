import { expect, test } from "vitest";
import { ensureImage, imageNames } from "../src/images.ts";
import { supervisorPath } from "../src/specification.ts";
import { connectSupervisor } from "../src/supervisor/supervisor.ts";
import { withEngine } from "./real-engine.ts";

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
}

withEngine("the browser's image", (bench) => {
  test("a confined Chromium is driven over the supervisor's stream: no port, no network [needs the browser's image]", async ({
    skip,
  }) => {
    const { engine } = bench;
    if ((await engine.image(imageNames.browser)) === null)
      (process.env["CI"] ? expect.unreachable : skip)(
        "the engine has no browser image: build it with `buildImages`",
      );
    const { id: image } = await ensureImage(engine, imageNames.browser);
    const base = bench.specification("");
    const container = await engine.create({
      ...base,
      image,
      command: [supervisorPath],
      tmpfs: { "/tmp": "rw,nosuid,nodev,size=256m,mode=1777" },
      limits: { processes: 512, memory: 2 ** 30, cpus: 2, ulimits: {} },
    });
    const root = { path: "/tmp", isReadOnly: false } as const;
    const supervisor = await connectSupervisor(await engine.start(container), {
      home: "/tmp",
      roots: [root],
    });
    const environment = { PATH: "/usr/bin:/bin" };
    const browser = await supervisor.start({
      argv: ["/usr/local/bin/clawd-browser"],
      cwd: "/tmp",
      environment,
      input: "pipe",
    });
    const answers = new Map<number, (result: Record<string, unknown>) => void>();
    let pending = Buffer.alloc(0);
    const reading = (async () => {
      for await (const { stream, bytes } of browser.output) {
        if (stream === "stderr") continue;
        pending = Buffer.concat([pending, bytes]);
        for (let end = pending.indexOf(0); end >= 0; end = pending.indexOf(0)) {
          const { id, result } = JSON.parse(pending.subarray(0, end).toString()) as Answer;
          pending = pending.subarray(end + 1);
          if (id !== undefined) answers.get(id)?.(result ?? {});
        }
      }
    })();
    let count = 0;
    const ask = (method: string, params: object, sessionId?: unknown) => {
      const id = ++count;
      const answer = new Promise<Record<string, unknown>>((resolve) => answers.set(id, resolve));
      void browser.write(Buffer.from(`${JSON.stringify({ id, method, params, sessionId })}\0`));
      return answer;
    };
    const { targetId } = await ask("Target.createTarget", { url: "data:text/html,<title>hello</title>" });
    const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
    const title = { expression: "document.title" };
    await expect
      .poll(() => ask("Runtime.evaluate", title, sessionId), { timeout: 20_000 })
      .toMatchObject({ result: { value: "hello" } });
    browser.kill();
    await reading;
    supervisor.close();
    await engine.remove(container);
  }, 60_000);
});
