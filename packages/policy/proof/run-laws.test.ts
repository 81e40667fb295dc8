/** INVARIANT: every law of sendings and sessions holds for every record of facts. */
import { expect, test } from "vitest";
import { sendCore } from "../src/send-core.ts";
import { sessionCore } from "../src/session-core.ts";
import { sendDomain, sessionDomain } from "../src/tool-facts.ts";
import { send, session } from "../src/tool-outcome.ts";
import { sizeOf } from "./domain.ts";
import { exhaust, strayWords } from "./exhaust.ts";
import { isNoWider as sendsNoMore, sendLaws } from "./send-laws.ts";
import { isNoWider as reachesNoMore, sessionLaws } from "./session-laws.ts";

const allows = ({ effect }: { readonly effect: string }) => effect === "allow";

test("every law of sendings holds on the whole domain, and every answer is given", () => {
  const { broken, outcomes, visited } = exhaust(sendDomain, sendLaws, sendCore);
  expect(broken).toEqual({});
  expect(visited).toBe(sizeOf(sendDomain));
  expect(outcomes).toEqual(new Set(Object.values(send)));
  expect(strayWords(sendDomain, sendCore, allows, sendsNoMore)).toEqual([]);
});

test("every law of sessions holds on the whole domain, and every answer is given", () => {
  const { broken, outcomes, visited } = exhaust(sessionDomain, sessionLaws, sessionCore);
  expect(broken).toEqual({});
  expect(visited).toBe(sizeOf(sessionDomain));
  expect(outcomes).toEqual(new Set(Object.values(session)));
  expect(strayWords(sessionDomain, sessionCore, allows, reachesNoMore)).toEqual([]);
});
