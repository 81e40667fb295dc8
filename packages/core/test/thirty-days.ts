/**
 * Thirty days of people who work with their agent and mean no harm: what they write where, and what the agent's model calls for
 * it. The proportions are those of small teams' shells and chats: mostly looking, then editing and running, now and then the web;
 * once a week somebody needs something installed on the machine itself.
 */

export interface TracedCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface TracedMessage {
  readonly day: number;
  readonly who: string;
  readonly chat: { readonly kind: "dm" | "group"; readonly id: string };
  /** A command of the chat itself, such as `/elevated on`. */
  readonly command?: string;
  readonly calls: readonly TracedCall[];
}

export const people = { owner: "42", friend: "43", colleague: "44", guest: "55" } as const;
const group = { kind: "group", id: "-7" } as const;
const alone = (id: string) => ({ kind: "dm", id }) as const;

const call = (tool: string, input: TracedCall["input"]): TracedCall => ({ tool, input });
const bash = (command: string, more: TracedCall["input"] = {}) => call("bash", { command, ...more });
const look = (path: string) => [
  call("ls", { path: "." }),
  call("read", { path }),
  call("grep", { pattern: "TODO" }),
];

/** What one wants of an agent, as the calls that it takes. */
const tasks: Readonly<Record<string, readonly TracedCall[]>> = {
  "find out": [...look("README.md"), call("find", { pattern: "*.ts" })],
  "mend a bug": [
    ...look("src/index.ts"),
    bash("npm test"),
    call("edit", { path: "src/index.ts", old: "a", new: "b" }),
    bash("npm test"),
    bash("git diff"),
    bash("git commit -am mended"),
  ],
  "write something": [
    call("read", { path: "notes.md" }),
    call("write", { path: "report.md", content: "a report" }),
    bash("wc -w report.md"),
  ],
  "crunch numbers": [
    call("write", { path: "sum.py", content: "print(1)" }),
    bash("python3 sum.py"),
    bash("sort -n data.csv | tail"),
    bash("rm sum.py"),
  ],
  "look it up": [
    call("web_fetch", { url: "https://example.org/page" }),
    call("write", { path: "found.md", content: "x" }),
  ],
  "run a server": [
    bash("python3 -m http.server 8000", { background: true }),
    call("process", { action: "list" }),
    bash("curl -s http://127.0.0.1:8000/"),
    call("process", { action: "kill", sessionId: "1" }),
  ],
  "tidy up": [bash("du -sh *"), bash("rm -rf build"), bash("git status --short")],
};

// Who works in a sandbox has no web_fetch there unless the config says so.
const ofOwner = ["find out", "mend a bug", "look it up", "run a server"] as const;
const ofFriend = ["find out", "crunch numbers", "write something"] as const;
const ofColleague = ["find out", "mend a bug", "tidy up"] as const;
const ofGuest = ["write something", "crunch numbers"] as const;

export function thirtyDays(): readonly TracedMessage[] {
  return Array.from({ length: 30 }, (_, day) => dayOf(day)).flat();
}

function dayOf(day: number): readonly TracedMessage[] {
  const isWeekend = day % 7 >= 5;
  const message = (who: string, chat: TracedMessage["chat"], task: string): TracedMessage => ({
    day,
    who,
    chat,
    calls: tasks[task]!,
  });
  const { owner, friend, colleague, guest } = people;
  const some = <Task>(list: readonly Task[], count: number) =>
    Array.from({ length: count }, (_, index) => list[(day + index) % list.length]!);
  return [
    ...some(ofOwner, isWeekend ? 1 : 4).map((task) => message(owner, alone(owner), task)),
    ...some(ofFriend, 2).map((task) => message(friend, alone(friend), task)),
    ...some(ofColleague, isWeekend ? 0 : 3).map((task) => message(colleague, group, task)),
    ...some(ofGuest, isWeekend ? 0 : 1).map((task) => message(guest, group, task)),
    ...(day % 7 === 3 ? installation(day) : []),
  ];
}

/** In the group, so that everybody sees it: the switch on, what needs the machine, the switch off. */
function installation(day: number): readonly TracedMessage[] {
  const { owner } = people;
  const said = (command: string) => ({ day, who: owner, chat: group, command, calls: [] });
  const needed = [bash("apt-get install -y jq", { elevated: true }), bash("jq --version")];
  return [said("/elevated on"), { day, who: owner, chat: group, calls: needed }, said("/elevated off")];
}
