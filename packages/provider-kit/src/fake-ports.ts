/** Ports that remember what a provider did with them. */
import type { Clock } from "@clawd/kernel";
import { fakeClock, recordingLogger, type LoggedLine } from "@clawd/kernel/testing";
import type { InboundEvent } from "./event.ts";
import type { ConnectionState, HttpHandler, ProviderPorts } from "./provider.ts";

export interface FakePorts extends ProviderPorts {
  /** Every event that `receive` stored, duplicates included: in the gateway the inbox drops those. */
  readonly events: readonly InboundEvent[];
  readonly states: readonly ConnectionState[];
  readonly notices: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
  readonly lines: readonly LoggedLine[];
  /** Makes the next calls of `receive` reject, as a full disk would. */
  refuseNextReceives(times: number): void;
  /**
   * A request to the gateway's HTTP server: the mount with the longest matching path answers, 404 when there is none. Mounts with
   * `token` want `authorization: Bearer test-token`, like the gateway.
   */
  request(path: string, init?: RequestInit): Promise<Response>;
}

export function fakePorts(
  options: { readonly account?: string; readonly clock?: Clock; readonly note?: string } = {},
): FakePorts {
  const events: InboundEvent[] = [];
  const states: ConnectionState[] = [];
  const notices: { code: string; message: string; hint: string }[] = [];
  const mounts = new Map<
    string,
    { readonly authentication: "token" | "none"; readonly handler: HttpHandler }
  >();
  const logger = recordingLogger();
  let refusals = 0;
  return {
    account: options.account ?? "default",
    clock: options.clock ?? fakeClock(),
    logger,
    note: options.note ?? null,
    events,
    states,
    notices,
    lines: logger.lines,
    http: {
      handle(path, authentication, handler) {
        mounts.set(path, { authentication, handler });
      },
    },
    async receive(received) {
      if (refusals > 0) {
        refusals -= 1;
        throw new Error("The inbox is not writable.");
      }
      events.push(...received);
    },
    report: (state) => void states.push(state),
    warn: (notice) => void notices.push(notice),
    refuseNextReceives(times) {
      refusals = times;
    },
    async request(path, init) {
      const request = new Request(new URL(path, "http://127.0.0.1"), init);
      const { pathname } = new URL(request.url);
      const mount = [...mounts.keys()]
        .filter((prefix) => isBelow(pathname, prefix))
        .sort(byLength)
        .at(-1);
      if (mount === undefined) return new Response(null, { status: 404 });
      const { authentication, handler } = mounts.get(mount)!;
      if (authentication === "token" && request.headers.get("authorization") !== "Bearer test-token") {
        return new Response(null, { status: 401 });
      }
      return handler(request);
    },
  };
}

function isBelow(pathname: string, prefix: string): boolean {
  return pathname === prefix || pathname.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

function byLength(a: string, b: string): number {
  return a.length - b.length;
}
