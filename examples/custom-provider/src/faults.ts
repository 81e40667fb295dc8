/** From Talk's failures to what the gateway says and does about them. Nothing of the failure's own text gets out. */
import { SendError, type ConnectionState } from "@clawd/provider-kit";
import { WireError } from "./wire.ts";

export function stateOf(thrown: unknown): ConnectionState {
  if (thrown instanceof WireError && thrown.reason === "unauthorized") {
    return {
      state: "down",
      code: "CLAWD_TALK_AUTH",
      message: "Talk refuses the token.",
      hint: "Set talk.token to a valid token.",
    };
  }
  return {
    state: "down",
    code: "CLAWD_TALK_UNREACHABLE",
    message: "Talk cannot be reached.",
    hint: "It is tried again by itself; check the network and talk.host and talk.port.",
  };
}

export function sendErrorOf(thrown: unknown): SendError {
  if (thrown instanceof SendError) return thrown;
  const reason = thrown instanceof WireError ? thrown.reason : "cut-off";
  if (reason === "refused") {
    return new SendError("CLAWD_TALK_REFUSED", "Talk refused the message.", {
      outcome: "rejected",
      hint: "The person may have blocked the bot.",
    });
  }
  if (reason === "cut-off") {
    return new SendError("CLAWD_TALK_CUT_OFF", "Talk did not answer.", {
      outcome: "unknown",
      hint: "The message may have arrived.",
    });
  }
  return new SendError("CLAWD_TALK_NOT_SENT", "Talk did not take the message.", {
    outcome: "not-sent",
    hint: "It can be sent again.",
  });
}

export function notStarted(): SendError {
  return new SendError("CLAWD_PROVIDER_NOT_STARTED", "The Talk connection is not started.", {
    outcome: "not-sent",
    hint: "Call start() first.",
  });
}
