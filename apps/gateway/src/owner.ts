/** Makes a person an owner, in the config file, with everything else in it left as it stands. */
import { parseText, setInConfig, sourceOf, valueOf, writeConfig } from "@clawd/config";
import { ClawdError, type Issue } from "@clawd/kernel";
import { existsSync, readFileSync } from "node:fs";

/**
 * Adds a qualified id (`telegram:42`) to `commands.ownerAllowFrom`. False when it was there.
 * @throws CLAWD_CONFIG_EDIT when the file cannot be edited safely; it is then unchanged.
 */
export function addOwner(path: string, qualifiedId: string): boolean {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const owners = ownersIn(text, qualifiedId);
  if (owners.includes(qualifiedId)) return false;
  const edited = setInConfig(text, ["commands", "ownerAllowFrom", owners.length], qualifiedId);
  if (!edited.ok) throw cannotEdit(edited.issues[0], qualifiedId);
  writeConfig(path, edited.value);
  return true;
}

function ownersIn(text: string, qualifiedId: string): readonly unknown[] {
  if (text.trim() === "") return [];
  const parsed = parseText(sourceOf("clawdbot.json", text));
  if (!parsed.ok) throw cannotEdit(parsed.issues[0], qualifiedId);
  const config = valueOf(parsed.value) as { commands?: { ownerAllowFrom?: unknown } } | null;
  const owners = config?.commands?.ownerAllowFrom ?? [];
  return Array.isArray(owners) ? owners : [];
}

function cannotEdit(issue: Issue | undefined, qualifiedId: string): ClawdError {
  return new ClawdError("CLAWD_CONFIG_EDIT", issue?.message ?? "The config cannot be edited.", {
    hint: `The person is approved. Add "${qualifiedId}" to commands.ownerAllowFrom by hand.`,
  });
}
