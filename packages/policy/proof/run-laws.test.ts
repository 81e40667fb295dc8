/** INVARIANT: every law of sendings and sessions holds for every record of facts. */
import { expect, test } from "vitest";
import { sendCore } from "../src/send-core.ts";
import { sessionCore } from "../src/session-core.ts";
import { send, session } from "../src/tool-outcome.ts";
import { sendProof, sessionProof } from "./cores.ts";
import { answersIn } from "./exhaust.ts";
import { prove } from "./prove.ts";

test("every law of sendings holds on the whole domain, and every answer is given", () => {
  expect(prove(sendProof, sendCore)).toEqual(new Set(answersIn(send)));
});

test("every law of sessions holds on the whole domain, and every answer is given", () => {
  expect(prove(sessionProof, sessionCore)).toEqual(new Set(answersIn(session)));
});
