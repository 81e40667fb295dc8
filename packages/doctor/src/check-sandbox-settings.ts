/** Settings of containers that are allowed and that an owner should know about: each widens what a manipulated model can touch. */
import type { Finding, Severity } from "./finding.ts";
import type { SandboxedAgent, SandboxFacts } from "./sandbox-facts.ts";

export function checkSandboxSettings(facts: SandboxFacts | undefined): Finding[] {
  return facts?.agents.flatMap((agent) => [...checkMode(agent), ...checkOpenings(agent)]) ?? [];
}

function checkMode({ id, path, mode, isForStrangers }: SandboxedAgent): Finding[] {
  if (mode !== "off") return [];
  return [
    {
      checkId: isForStrangers ? "sandbox.off_for_strangers" : "sandbox.off",
      severity: isForStrangers ? "warn" : "info",
      title: isForStrangers
        ? `Agent ${id} answers people whom no list names, and has no sandbox`
        : `Agent ${id} has no sandbox`,
      detail: `${path}.mode is "off". Whoever a list names works on this machine, with an owner's word for each command; what strangers write is read by the same agent.`,
      remediation: `Remove ${path}.mode, or set it to "all".`,
    },
  ];
}

function checkOpenings(agent: SandboxedAgent): Finding[] {
  if (agent.mode === "off") return [];
  const { id, path, network, binds, mayBindAnything, isRootReadOnly, hasOwnSeccomp, looseLimits } = agent;
  const finding = (
    check: string,
    severity: Severity,
    title: string,
    detail: string,
    remediation: string,
  ) => ({
    checkId: `sandbox.${check}`,
    severity: agent.isForStrangers && severity === "info" ? ("warn" as const) : severity,
    title: `Agent ${id}: ${title}`,
    detail,
    remediation,
  });
  const writable = binds.filter((bind) => bind.split(":").includes("rw"));
  const findings: Finding[] = [];
  if (network !== "none")
    findings.push(
      finding(
        "network",
        "warn",
        "its container has a network",
        `${path}.docker.network is "${network}": no list of hosts holds there, and neither do the refusals of private addresses.`,
        `Remove ${path}.docker.network and list hosts in ${path}.egress.allow.`,
      ),
    );
  if (binds.length > 0)
    findings.push(
      finding(
        writable.length > 0 ? "binds_writable" : "binds",
        writable.length > 0 ? "warn" : "info",
        writable.length > 0
          ? "its container can write outside of its workspace"
          : "its container sees directories besides its workspace",
        `${path}.docker.binds has ${binds.length} entries, ${writable.length} of them writable.`,
        "Remove those that its work does not need, and :rw from the others.",
      ),
    );
  if (mayBindAnything)
    findings.push(
      finding(
        "binds_external",
        "warn",
        "binds may come from anywhere",
        `${path}.docker.dangerouslyAllowExternalBindSources is true.`,
        "Remove it: then binds come from workspaces alone.",
      ),
    );
  if (!isRootReadOnly)
    findings.push(
      finding(
        "root_writable",
        "info",
        "the programs in its container can be changed",
        `${path}.docker.readOnlyRoot is false: what one conversation plants, the next one runs.`,
        `Remove ${path}.docker.readOnlyRoot.`,
      ),
    );
  if (hasOwnSeccomp)
    findings.push(
      finding(
        "seccomp",
        "info",
        "it has a filter of system calls of your own",
        `${path}.docker.seccompProfile replaces the built-in one.`,
        "Remove it, unless a program needs what the built-in one refuses.",
      ),
    );
  if (looseLimits.length > 0)
    findings.push(
      finding(
        "limits_loose",
        "info",
        "its limits hardly limit",
        `${path}: ${looseLimits.join(", ")}.`,
        "Lower them to what its work needs: one conversation could take this machine's memory, disk or processes.",
      ),
    );
  return findings;
}
