import { networkConformance } from "@clawd/provider-kit/conformance";
import { describe, expect, test } from "vitest";
import { network } from "./network.ts";

networkConformance(
  {
    network,
    same: [
      ["+15551234567", "whatsapp:+15551234567"],
      ["+15551234567", "+1 (555) 123-4567"],
      ["+15551234567", "15551234567@s.whatsapp.net"],
      ["+15551234567", "15551234567:12@s.whatsapp.net"],
      ["+15551234567", "15551234567@c.us"],
      ["123456789012345@lid", "123456789012345:3@lid"],
    ],
    different: [
      ["+15551234567", "+155512345670"],
      // The number and the hidden id are two namespaces, even with the same digits.
      ["15551234567@s.whatsapp.net", "15551234567@lid"],
    ],
    invalid: [
      "15551234567",
      "5551234567",
      "9915551234567",
      "0015551234567",
      "+15551234567@evil",
      "+1 555 123 4567;ext=1",
      "15551234567@s.whatsapp.net.evil.example",
      "15551234567@evil.example",
      "+15551234567@s.whatsapp.net",
      "12025550123-1582834523@g.us",
      "120363040123456789@g.us",
      "status@broadcast",
      "0@s.whatsapp.net",
      "telegram:+15551234567",
      "Alice",
    ],
    chats: {
      same: [["120363040123456789@g.us", "whatsapp:120363040123456789@g.us"]],
      different: [["12025550123-1582834523@g.us", "12025550123-1582834524@g.us"]],
      invalid: [
        "+15551234567",
        "120363040123456789",
        "120363040123456789:1@g.us",
        "15551234567@s.whatsapp.net",
        "status@broadcast",
        "120363040123456789@newsletter",
        "Family",
      ],
    },
  },
  { describe, test },
);

// Security case T-A4.
test.each(["", " ", "anonymous", "１５５５１２３４５６７", "+１5551234567"])(
  "%j is nobody's number",
  (entry) => {
    expect(network.canonicalSender(entry).ok).toBe(false);
  },
);
