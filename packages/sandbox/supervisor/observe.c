// What the limits look like from inside. Sent as the kernel writes it; what it means is read in the gateway.
#include "supervisor.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST = 60 * 1024 };

static const char *const files[] = {
    "/proc/self/status",
    "/proc/self/limits",
    "/proc/self/mountinfo",
    "/proc/self/cgroup",
    "/proc/self/uid_map",
    "/proc/self/attr/current",
    "/proc/net/dev",
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory.swap.max",
    "/sys/fs/cgroup/pids.max",
    "/sys/fs/cgroup/cpu.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    "/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes",
    "/sys/fs/cgroup/pids/pids.max",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
};

static const struct {
  const char *name;
  int which;
} limits[] = {
    {"cpu", RLIMIT_CPU},         {"fsize", RLIMIT_FSIZE},   {"data", RLIMIT_DATA},       {"stack", RLIMIT_STACK},
    {"core", RLIMIT_CORE},       {"nproc", RLIMIT_NPROC},   {"nofile", RLIMIT_NOFILE},   {"memlock", RLIMIT_MEMLOCK},
    {"locks", RLIMIT_LOCKS},     {"as", RLIMIT_AS},         {"sigpending", RLIMIT_SIGPENDING},
    {"msgqueue", RLIMIT_MSGQUEUE},
};

// Asked of the kernel by calls: some kernels have these and do not write them into /proc. Lines as in /proc/self/status.
static size_t asked(char *text, size_t room) {
  // As the kernel has them; its headers are not everywhere.
  struct { uint32_t version; int pid; } header = {0x20080522, 0};
  struct { uint32_t effective, permitted, inheritable; } sets[2];
  size_t used = 0;
  if (syscall(SYS_capget, &header, sets) == 0)
    used += (size_t)snprintf(text + used, room - used, "CapInh:\t%08x%08x\nCapPrm:\t%08x%08x\nCapEff:\t%08x%08x\n",
                             sets[1].inheritable, sets[0].inheritable, sets[1].permitted, sets[0].permitted,
                             sets[1].effective, sets[0].effective);
  unsigned long long bounding = 0, ambient = 0;
  for (int i = 0; i < 64; i++) {
    if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1) bounding |= 1ULL << i;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1) ambient |= 1ULL << i;
  }
  used += (size_t)snprintf(text + used, room - used, "CapBnd:\t%016llx\nCapAmb:\t%016llx\nNoNewPrivs:\t%d\n", bounding,
                           ambient, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    struct rlimit value;
    if (getrlimit((unsigned)limits[i].which, &value) == 0)
      used += (size_t)snprintf(text + used, room - used, "limit %s:\t%llu %llu\n", limits[i].name,
                               (unsigned long long)value.rlim_cur, (unsigned long long)value.rlim_max);
  }
  return used;
}

bool observe_advance(struct stream *s) {
  if (wire_room() < RESERVE + MOST) return false;
  if (s->observed == sizeof files / sizeof *files) {
    static const char name[] = "asked";
    uint8_t *at = wire_begin(OBSERVED, s->id);
    memcpy(at, name, sizeof name);
    wire_commit(sizeof name + asked((char *)at + sizeof name, 4096));
    s->observed++;
    return true;
  }
  if (s->observed > sizeof files / sizeof *files) {
    wire_send(DONE, s->id, "", 1);
    s->is_dead = true;
    return true;
  }
  const char *name = files[s->observed++];
  int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return true;
  uint8_t *at = wire_begin(OBSERVED, s->id);
  size_t used = strlen(name) + 1;
  memcpy(at, name, used);
  for (ssize_t n = 1; n > 0 && used < MOST; used += n > 0 ? (size_t)n : 0) n = read(fd, at + used, MOST - used);
  close(fd);
  wire_commit(used);
  return true;
}
