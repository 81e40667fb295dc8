import { isClawdError } from "@clawd/kernel";
import { z } from "zod";
import { definePlaceTool } from "../place-tool.ts";
import { answer, failure } from "../tool.ts";
import { applyChanges } from "./apply-changes.ts";
import { parsePatch, PatchProblem } from "./patch.ts";
import { planPatch } from "./plan-patch.ts";

export const applyPatch = definePlaceTool({
  name: "apply_patch",
  description: `Change several files at once, all or none. Format:
*** Begin Patch
*** Add File: new.txt
+its lines
*** Update File: old.txt
*** Move to: moved.txt (optional)
@@ a line above, to find the place (optional)
 a line that stays
-a line that goes
+a line that comes
*** Delete File: gone.txt
*** End Patch`,
  parameters: z.strictObject({ input: z.string().min(1).describe("The whole patch.") }),
  async run({ input }, place) {
    const sections = parsePatch(input);
    if (sections instanceof PatchProblem)
      return failure(`${sections.message} Nothing was changed.`, { code: "patch" });
    const plan = await planPatch(sections, place);
    if (plan instanceof PatchProblem)
      return failure(`${plan.message} Nothing was changed.`, { code: "patch" });
    const half = await applyChanges(plan.changes, place.files);
    if (half === null) return answer(plan.summary.join("\n"), { diffs: plan.diffs });
    if (!isClawdError(half.fault)) throw half.fault;
    const { code, message, hint } = half.fault;
    const state =
      half.left.length === 0
        ? "Nothing was changed."
        : `Everything else is as it was, but these could not be put back: ${half.left.join(", ")}.`;
    return failure(`${message} ${hint} ${state}`, { code, left: half.left });
  },
});
