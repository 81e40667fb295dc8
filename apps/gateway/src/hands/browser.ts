/** The tool `browser`: which Chromium serves which session, where, and by which way out. Loaded when the tools are. */
import type { PlacedCall, PlaceLease, Places, ToolExecutor } from "@clawd/core";
import type * as library from "@clawd/browser";
import type { BrowserContext, BrowserNeed, Browsers } from "@clawd/browser";
import { ClawdError, type Clock, type Logger } from "@clawd/kernel";
import type { Place } from "@clawd/sandbox";
import { installationOf } from "@clawd/sandbox/config";
import type { Config } from "../config.ts";
import type { Paths } from "../paths.ts";
import type { EgressRecord } from "./egress-record.ts";
import { loopbackWayOut } from "./way-out.ts";

type Library = typeof library;

export interface BrowserHandsOptions {
  readonly config: () => Config;
  readonly paths: Paths;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: NodeJS.ProcessEnv;
  /** Where files are, as for every other tool. */
  readonly places: Places;
  /** The browser's own container for a sandboxed call. @throws when the sandbox has none */
  readonly container: (call: PlacedCall) => Promise<PlaceLease>;
  /** Takes every way out that is refused. */
  readonly record: Pick<EgressRecord, "refused">;
  /** Another word after a reset of the session. */
  readonly generation: (agent: string, session: string) => string;
}

export interface BrowserHands {
  executor(): Promise<ToolExecutor>;
  /** Ends every browser. Idempotent. */
  close(): Promise<void>;
}

/** Where the supervisor listens in a container; where nothing is open, nobody does. */
const containerProxyPort = 3128;

export function createBrowserHands(options: BrowserHandsOptions): BrowserHands {
  const { config, clock, logger, places } = options;
  let browsers: Browsers | undefined;
  let wayOut: ReturnType<typeof loopbackWayOut> | undefined;
  let isSwept = false;

  async function executor(): Promise<ToolExecutor> {
    const [library, { failure }] = await Promise.all([import("@clawd/browser"), import("@clawd/tools")]);
    const { browserTool: tool } = library;
    const running = (browsers ??= library.createBrowsers({ clock, logger }));
    return {
      name: tool.name,
      description: tool.description,
      inputSchema: tool.inputSchema,
      async run(call, signal) {
        if (config().browser?.enabled === false)
          return failure("The browser is switched off (browser.enabled).");
        return tool.call(call.input, contextOf(call, running, library), signal);
      },
    };
  }

  function contextOf(call: PlacedCall, running: Browsers, library: Library): BrowserContext {
    let place: Place | undefined;
    return {
      async use(work) {
        const lease = await (call.runIn.place === "sandbox" ? options.container(call) : places.enter(call));
        try {
          place = lease.place;
          return await running.use(needOf(call, place, library), work);
        } finally {
          lease.release();
        }
      },
      isRunning: () => running.isRunning(call.session),
      stop: () => running.stop(call.session),
      receipt: () => place?.receipt ?? null,
      async readFile(path, maxBytes) {
        const reading = call.asTool("read", { path });
        if (reading === null) throw unreadable();
        return within(reading, async ({ files }) => (await files.read(path, { maxBytes })).bytes);
      },
      keepFile: (bytes, ending) =>
        within(call, ({ files }) => library.keepFile(files, `${nameNow(clock)}.${ending}`, bytes)),
    };
  }

  async function within<Value>(call: PlacedCall, work: (place: Place) => Promise<Value>): Promise<Value> {
    const lease = await places.enter(call);
    try {
      return await work(lease.place);
    } finally {
      lease.release();
    }
  }

  function needOf(call: PlacedCall, place: Place, library: Library): BrowserNeed {
    return {
      key: call.session,
      generation: options.generation(call.agent, call.session),
      place,
      prepare: () =>
        place.receipt.place === "sandbox"
          ? Promise.resolve(inContainer(place, library))
          : onHost(place, library),
    };
  }

  /** A failed attempt is no answer for the next call. */
  function opened(): NonNullable<typeof wayOut> {
    return (wayOut ??= loopbackWayOut(options).catch((fault: unknown) => {
      wayOut = undefined;
      throw fault;
    }));
  }

  async function onHost(place: Place, library: Library): ReturnType<BrowserNeed["prepare"]> {
    const { executablePath, headless = true } = config().browser ?? {};
    const executable = library.findChromium(executablePath, place.environment.base["PATH"] ?? "");
    const proxyPort = (await opened()).port;
    const installation = installationOf(options.paths.stateDir);
    if (!isSwept) library.sweepProfiles(installation);
    isSwept = true;
    const user = library.browserUser();
    const profile = library.makeProfile(installation, user);
    return {
      argv: library.hostCommand({
        profile: profile.directory,
        proxyPort,
        executable,
        isHeadless: headless,
        ...(user !== undefined && { user }),
        ...(!headless && { display: displayOf(options.environment) }),
      }),
      clean: async () => profile.remove(),
    };
  }

  return {
    executor,
    async close() {
      await browsers?.close();
      await (await wayOut?.catch(() => undefined))?.close();
    },
  };
}

/** What is open to it is the container's matter: without a way out there is none. */
function inContainer(place: Place, { containerCommand }: Library) {
  const profile = `/tmp/browser-${crypto.randomUUID()}`;
  return {
    argv: containerCommand({ profile, proxyPort: containerProxyPort }),
    async clean() {
      const removing = await place.start({
        argv: ["rm", "-rf", "--", profile],
        cwd: place.home,
        environment: place.environment.base,
        input: "none",
        timeoutMs: 10_000,
      });
      for await (const _ of removing.output) continue;
      await removing.exit;
    },
  };
}

/** The variables of a screen, and no other of the gateway's. */
function displayOf(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const names = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

const nameNow = (clock: Clock): string =>
  `${new Date(clock.now())
    .toISOString()
    .replaceAll(/[^\dT]/g, "-")
    .slice(0, 19)}-${crypto.randomUUID().slice(0, 4)}`;

const unreadable = () =>
  new ClawdError("CLAWD_BROWSER_UPLOAD", "This run may not read files, and so upload none.", {
    hint: "Whoever may use `read` can upload.",
  });
