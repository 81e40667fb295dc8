/** Requests and grants as people read them, and as JSON has them. */
import type { Grant } from "./grant.ts";
import type { PairingRequest } from "./store.ts";

/** `as friend`, `until 2026-02-01T12:00:00.000Z`, both or nothing. */
export function describeGrant({ profile, until }: Grant): readonly string[] {
  return [
    ...(profile === null ? [] : [`as ${profile}`]),
    ...(until === null ? [] : [`until ${new Date(until).toISOString()}`]),
  ];
}

/** With the end as a time that people can read. */
export function grantAsJson({ profile, until }: Grant): { profile: string | null; until: string | null } {
  return { profile, until: until === null ? null : new Date(until).toISOString() };
}

/** One line: the code, whose it is, what is known of them, since when. */
export function describeRequest(senderIdLabel: string, request: PairingRequest): string {
  const { code, id, meta, createdAt } = request;
  return [code, `${senderIdLabel}: ${id}`, describeMeta(meta), createdAt].filter(Boolean).join("  ");
}

/** Names that strangers chose stand in quotes; empty without any. */
export function describeMeta(meta: Readonly<Record<string, string>>): string {
  return Object.keys(meta).length === 0 ? "" : JSON.stringify(meta);
}
