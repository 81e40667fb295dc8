/** A stranger on Talk, all the way: code, approval, answer. The gateway's own parts, with this provider among them. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { practiceModel } from "@clawd/agent/practice";
import { cronSettings } from "@clawd/cron";
import { createConnections, createRoad, type Road } from "@clawd/core";
import { silentLogger, systemClock } from "@clawd/kernel";
import { openPairing, pairingMessage } from "@clawd/pairing";
import { memoryPairingStore } from "@clawd/pairing/memory";
import { compile } from "@clawd/policy";
import type { Provider } from "@clawd/provider-kit";
import { openSessions } from "@clawd/sessions";
import { openMedia } from "@clawd/store";
import { memoryStore } from "@clawd/store/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { network, provider } from "../src/index.ts";
import { startTalk } from "./talk-network.ts";

const clock = systemClock;
const logger = silentLogger;

test("a stranger gets a code, is approved, and is answered", async () => {
  const talk = await startTalk(clock);
  const directory = mkdtempSync(join(tmpdir(), "clawd-talk-"));
  const compiled = compile({ talk: { dmPolicy: "pairing" } }, { networks: [network] });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  const pairing = openPairing({ store: memoryPairingStore(), clock, network });
  const road: { current?: Road } = {};
  const connections = createConnections(
    [
      {
        provider: provider as Provider<unknown>,
        account: "default",
        settings: talk.settings,
        ports: { http: { handle() {} }, receive: (events) => road.current!.receive(events) },
        note: () => null,
      },
    ],
    { clock, logger, onChange: () => road.current?.wake() },
  );
  const sessions = openSessions({ stateDir: directory, clock });
  const store = memoryStore({ clock });
  road.current = createRoad({
    clock,
    logger,
    version: "0.0.0",
    store,
    sessions,
    connections,
    policy: () => compiled.policy,
    matchMention: () => ({ available: false, matched: false }),
    pairing: () => pairing,
    pairingMessage: ({ sender }, code) =>
      pairingMessage({
        senderIdLabel: network.senderIdLabel,
        id: sender.id ?? "",
        code,
        provider: network.id,
      }),
    boundaryKey: randomBytes(32),
    agent: (id) => ({ id, name: "Clawd", model: practiceModel, files: () => [] }),
    executors: () => Promise.resolve([]),
    // No tools, so no files of theirs either.
    places: { enter: () => Promise.reject(new Error("There is no place.")) },
    media: openMedia({ directory: join(directory, "media"), clock }),
    fetchFile: () => Promise.reject(new Error("Nothing is fetched.")),
    cron: () => cronSettings({ enabled: false }, "UTC"),
    hearOwner: () => Promise.resolve(null),
    ownersChats: () => [],
    agents: () => ["main"],
  });
  road.current.start();
  await connections.start();
  onTestFinished(async () => {
    await road.current!.stop(0);
    await connections.stop();
    sessions.close();
    store.close();
    await talk.close();
    rmSync(directory, { recursive: true });
  });
  const say = (text: string) => talk.deliver({ kind: "message", from: "alice", in: "dm", text });
  const answer = (number: number) =>
    vi.waitUntil(() => talk.shown()[number], { timeout: 10_000 }).then(({ text }) => text);

  await say("hello");
  expect(await answer(0)).toMatch(/Your Talk user id: 1\n\nPairing code: [A-Z2-9]{8}/);
  pairing.approve(pairing.list()[0]!.code);
  await say("hello");
  expect(await answer(1)).toMatch(/^Hello! I am the practice model/);
});
