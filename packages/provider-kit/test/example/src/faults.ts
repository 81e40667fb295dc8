/** From Example's failures to what the gateway says and does about them. Nothing of the failure's own text gets out. */
import { SendError, type ConnectionState } from "@clawd/provider-kit";
import { WireError } from "./wire.ts";

export function stateOf(thrown: unknown): ConnectionState {
  if (thrown instanceof WireError && thrown.reason === "unauthorized") {
    return {
      state: "down",
      code: "CLAWD_EXAMPLE_AUTH",
      message: "Example refuses the token.",
      hint: "Set example.token to a valid token.",
    };
  }
  return {
    state: "down",
    code: "CLAWD_EXAMPLE_UNREACHABLE",
    message: "Example cannot be reached.",
    hint: "It is tried again by itself; check the network and example.apiRoot.",
  };
}

export function sendErrorOf(thrown: unknown): SendError {
  if (thrown instanceof SendError) return thrown;
  const reason = thrown instanceof WireError ? thrown.reason : "cut-off";
  if (reason === "refused") {
    return new SendError("CLAWD_EXAMPLE_REFUSED", "Example refused the message.", {
      outcome: "rejected",
      hint: "The person may have blocked the bot.",
    });
  }
  if (reason === "cut-off") {
    return new SendError("CLAWD_EXAMPLE_CUT_OFF", "Example did not answer.", {
      outcome: "unknown",
      hint: "The message may have arrived.",
    });
  }
  return new SendError("CLAWD_EXAMPLE_NOT_SENT", "Example did not take the message.", {
    outcome: "not-sent",
    hint: "It can be sent again.",
  });
}

export function notStarted(): SendError {
  return new SendError("CLAWD_PROVIDER_NOT_STARTED", "The Example connection is not started.", {
    outcome: "not-sent",
    hint: "Call start() first.",
  });
}
