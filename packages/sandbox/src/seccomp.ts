/**
 * The system calls a sandbox may make: a list of what is allowed, nothing else. Stricter than what container engines do by
 * default: no namespaces, mounts, keys, tracing, io_uring, performance counters, kernel modules or BPF; sockets of three
 * families and of the one netlink that asks for routes; no file gets the bits that lend its owner's rights.
 */

const allowed = [
  // Files and directories.
  "access faccessat faccessat2 open openat creat close close_range read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2",
  "lseek _llseek stat stat64 fstat fstat64 lstat lstat64 newfstatat fstatat64 statx statfs statfs64 fstatfs fstatfs64 ustat",
  "getdents getdents64 getcwd chdir fchdir rename renameat renameat2 link linkat unlink unlinkat symlink symlinkat readlink readlinkat",
  "rmdir truncate truncate64 ftruncate ftruncate64 fallocate fadvise64 fadvise64_64 arm_fadvise64_64 readahead sync syncfs fsync fdatasync sync_file_range sync_file_range2",
  "utime utimes utimensat utimensat_time64 futimesat chown chown32 fchown fchown32 lchown lchown32 fchownat umask",
  "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr",
  "copy_file_range sendfile sendfile64 splice tee vmsplice dup dup2 dup3 fcntl fcntl64 flock ioctl pipe pipe2",
  "inotify_init inotify_init1 inotify_add_watch inotify_rm_watch memfd_create name_to_handle_at",
  // Waiting.
  "poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait epoll_wait_old epoll_pwait epoll_pwait2",
  "eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_settime64 timerfd_gettime timerfd_gettime64",
  "io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents io_pgetevents_time64",
  // Memory.
  "brk mmap mmap2 munmap mremap mprotect pkey_alloc pkey_free pkey_mprotect madvise mincore msync mlock mlock2 munlock mlockall munlockall membarrier remap_file_pages map_shadow_stack",
  // Processes, threads, signals.
  "fork vfork execve execveat exit exit_group wait4 waitid waitpid kill tkill tgkill pidfd_open pidfd_send_signal",
  "rt_sigaction rt_sigprocmask rt_sigpending rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 sigaction sigprocmask sigpending sigreturn sigsuspend sigaltstack pause alarm restart_syscall",
  "futex futex_time64 futex_waitv futex_wait futex_wake futex_requeue set_robust_list get_robust_list rseq set_tid_address arch_prctl prctl set_thread_area get_thread_area",
  "getpid getppid gettid getpgid getpgrp setpgid getsid setsid getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresuid32 getresgid getresgid32 getgroups getgroups32",
  "setuid setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32 setresuid setresuid32 setresgid setresgid32 setfsuid setfsuid32 setfsgid setfsgid32 setgroups setgroups32 capget capset",
  "getpriority setpriority ioprio_get ioprio_set sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_setparam sched_getscheduler sched_setscheduler sched_getattr sched_setattr sched_get_priority_max sched_get_priority_min sched_rr_get_interval sched_rr_get_interval_time64",
  "getrlimit setrlimit prlimit64 ugetrlimit getrusage times uname sysinfo getcpu getrandom seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self",
  // Time.
  "time gettimeofday clock_gettime clock_gettime64 clock_getres clock_getres_time64 clock_nanosleep clock_nanosleep_time64 nanosleep getitimer setitimer",
  "timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64",
  // Sockets that exist already, and those between processes of the container.
  "socketpair bind connect listen accept accept4 getsockname getpeername getsockopt setsockopt shutdown send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg recvmmsg_time64",
  "shmget shmat shmdt shmctl semget semop semtimedop semtimedop_time64 semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64 mq_notify mq_getsetattr ipc",
].flatMap((line) => line.split(" "));

interface Argument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: "SCMP_CMP_EQ" | "SCMP_CMP_MASKED_EQ" | "SCMP_CMP_NE";
}

interface Rule {
  readonly names: readonly string[];
  readonly action: "SCMP_ACT_ALLOW" | "SCMP_ACT_ERRNO";
  readonly errnoRet?: number;
  readonly args?: readonly Argument[];
}

/** Set-user-id and set-group-id. */
const lendingBits = 0o6000;
/** Index of the mode in the arguments of the calls that set one. */
const modes: Readonly<Record<string, number>> = {
  chmod: 1,
  fchmod: 1,
  fchmodat: 2,
  creat: 1,
  open: 2,
  openat: 3,
  mkdir: 1,
  mkdirat: 2,
  mknod: 1,
  mknodat: 2,
};
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME. */
const namespaceFlags = 0x7e020080;
const families = { AF_UNIX: 1, AF_INET: 2, AF_INET6: 10 };
const netlink = { family: 16, route: 0 };
/** Puts characters into a terminal's input: a way out of the container through a shared terminal. */
const terminalInput = [0x5412, 0x541c];
const notImplemented = 38;

/** Programs ask for these first and use an older call when they are not there; their flags cannot be seen by a filter. */
const withoutSight = ["clone3", "openat2", "fchmodat2"];

/** The profile as the engine takes it: JSON text. */
export function seccompProfile(): string {
  const plain = allowed.filter((name) => !(name in modes) && name !== "ioctl");
  const rules: Rule[] = [
    { names: plain, action: "SCMP_ACT_ALLOW" },
    ...Object.entries(modes).map(([name, index]) => allow(name, [equal(index, 0, lendingBits)])),
    allow("clone", [equal(0, 0, namespaceFlags)]),
    ...Object.values(families).map((family) =>
      allow("socket", [{ index: 0, value: family, op: "SCMP_CMP_EQ" }]),
    ),
    allow("socket", [
      { index: 0, value: netlink.family, op: "SCMP_CMP_EQ" },
      { index: 2, value: netlink.route, op: "SCMP_CMP_EQ" },
    ]),
    allow("personality", [{ index: 0, value: 0, op: "SCMP_CMP_EQ" }]),
    allow("personality", [{ index: 0, value: 0xffffffff, op: "SCMP_CMP_EQ" }]),
    allow(
      "ioctl",
      terminalInput.map((value) => ({ index: 1, value, op: "SCMP_CMP_NE" })),
    ),
    { names: withoutSight, action: "SCMP_ACT_ERRNO", errnoRet: notImplemented },
  ];
  return JSON.stringify({
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 1,
    architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
    syscalls: rules,
  });
}

/** Names of calls that a profile must never allow without a condition; what an owner's own profile is held to. */
export const forbiddenCalls: readonly string[] = [
  "add_key",
  "bpf",
  "clone3",
  "delete_module",
  "finit_module",
  "fsconfig",
  "fsmount",
  "fsopen",
  "fspick",
  "init_module",
  "io_uring_enter",
  "io_uring_register",
  "io_uring_setup",
  "ioperm",
  "iopl",
  "kcmp",
  "kexec_file_load",
  "kexec_load",
  "keyctl",
  "mount",
  "mount_setattr",
  "move_mount",
  "move_pages",
  "nfsservctl",
  "open_by_handle_at",
  "open_tree",
  "perf_event_open",
  "pidfd_getfd",
  "pivot_root",
  "process_vm_readv",
  "process_vm_writev",
  "ptrace",
  "quotactl",
  "quotactl_fd",
  "reboot",
  "request_key",
  "setdomainname",
  "sethostname",
  "setns",
  "socket",
  "swapoff",
  "swapon",
  "syslog",
  "umount",
  "umount2",
  "unshare",
  "uselib",
  "userfaultfd",
  "vhangup",
];

/** Null when the profile is one we can vouch for; otherwise what is wrong with it. */
export function seccompFault(profile: unknown): string | null {
  const { defaultAction, syscalls } = Object(profile) as { defaultAction?: unknown; syscalls?: unknown };
  if (!isRefusal(defaultAction)) return "does not refuse by default";
  if (!Array.isArray(syscalls)) return "has no list of calls";
  for (const rule of syscalls as readonly (Partial<Rule> & {
    readonly includes?: { readonly caps?: unknown };
  })[]) {
    // Rules for a capability never apply: a sandbox has none.
    if (isRefusal(rule.action) || (Array.isArray(rule.includes?.caps) && rule.includes.caps.length > 0))
      continue;
    const names = Array.isArray(rule.names) ? rule.names : [];
    const open = names.find(
      (name) => forbiddenCalls.includes(name) && !(name === "socket" && namesFamily(rule.args)),
    );
    if (open !== undefined) return `allows ${open}`;
  }
  return null;
}

const isRefusal = (action: unknown): boolean =>
  action === "SCMP_ACT_ERRNO" || String(action).startsWith("SCMP_ACT_KILL");

/** A rule for sockets that admits exactly one of the families that ours admits. */
function namesFamily(conditions: unknown): boolean {
  const known: readonly number[] = [...Object.values(families), netlink.family];
  return (
    Array.isArray(conditions) &&
    (conditions as readonly Argument[]).some(
      ({ index, value, op }) => index === 0 && op === "SCMP_CMP_EQ" && known.includes(value),
    )
  );
}

const allow = (name: string, args: readonly Argument[]): Rule => ({
  names: [name],
  action: "SCMP_ACT_ALLOW",
  args,
});

/** True when `argument & mask` is `value`. */
const equal = (index: number, value: number, mask: number): Argument => ({
  index,
  value: mask,
  valueTwo: value,
  op: "SCMP_CMP_MASKED_EQ",
});
