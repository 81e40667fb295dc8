// What the limits look like from inside. Sent as the kernel writes it; what it means is read in the gateway.
#include "supervisor.h"

#include <fcntl.h>
#include <string.h>
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

bool observe_advance(struct stream *s) {
  if (wire_room() < RESERVE + MOST) return false;
  if (s->observed == sizeof files / sizeof *files) {
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
