// Process 1's two duties: it buries every orphan, and it kills whole trees. Who belongs to whom is read from /proc: every process
// whose line of parents meets a tracker is that command's, one whose line meets process 1 first is a stray. Strays exist where a
// tracker was killed; they are killed like a tree. A tracker that was stopped or killed therefore saves nobody. Where the kernel
// knows no sub-reapers, every orphan is a stray, and each kill ends all of them: too many rather than too few.
#include "supervisor.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  MAX_SEEN = 8192,
  STOP_PASSES = 6,
  NEXT_PASS_US = 1000,
  // A tracker that is alone for so long and does not end is stopped or worse.
  ALONE_US = 50 * 1000,
};

struct seen {
  pid_t pid, parent;
  bool is_running, is_zombie;
  struct stream *tracked;
};

static struct seen seen[MAX_SEEN];
static unsigned seen_count;
static uint64_t next_pass;
static bool has_strays, strays_are_past_stop;
static unsigned stray_passes;

bool has_subreaper;

bool strays_are_left(void) { return has_strays; }

void probe_subreaper(void) {
  int is_one = 0;
  has_subreaper = prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 && prctl(PR_GET_CHILD_SUBREAPER, &is_one) == 0 && is_one == 1;
}

void strays_begin(void) {
  has_strays = true;
  strays_are_past_stop = false;
  stray_passes = 0;
}

void reap(void) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
    if (tracker_reaped(pid, status)) continue;
    for (unsigned i = 0; i < stream_count; i++) {
      struct stream *s = streams[i];
      if (s->kind != COMMAND || s->is_dead) continue;
      struct command *c = &s->command;
      if (c->tracker == pid && WIFSTOPPED(status)) {
        // Nobody but a command stops a tracker.
        kill(pid, SIGCONT);
        break;
      }
      if (c->tracker == pid) {
        // One that has nothing left to do says so, and waits.
        command_tracker_gone(s);
        break;
      }
      if (c->tracker == 0 && c->main == pid && !c->has_exited && !WIFSTOPPED(status)) {
        c->has_exited = true;
        c->status = status;
        c->usec = now_us() - c->began;
        break;
      }
    }
  }
}

// The third and fourth field of /proc/N/stat, after a name that may hold anything.
static bool read_stat(int proc, const char *name, struct seen *one) {
  char path[32], text[512];
  size_t length = strlen(name);
  if (length > 16) return false;
  memcpy(path, name, length);
  memcpy(path + length, "/stat", 6);
  int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  if (n <= 0) return false;
  text[n] = 0;
  const char *after = strrchr(text, ')');
  if (!after || strlen(after) < 5) return false;
  *one = (struct seen){.pid = (pid_t)atol(name),
                       .parent = (pid_t)atol(after + 4),
                       .is_zombie = after[2] == 'Z' || after[2] == 'X',
                       .is_running = after[2] != 'T' && after[2] != 't'};
  return true;
}

static int by_pid(const void *left, const void *right) {
  const struct seen *a = left, *b = right;
  return (a->pid > b->pid) - (a->pid < b->pid);
}

static struct seen *find(pid_t pid) {
  struct seen key = {.pid = pid};
  return bsearch(&key, seen, seen_count, sizeof *seen, by_pid);
}

static bool scan(void) {
  DIR *proc = opendir("/proc");
  if (!proc) return false;
  seen_count = 0;
  for (struct dirent *entry; seen_count < MAX_SEEN && (entry = readdir(proc));)
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
        read_stat(dirfd(proc), entry->d_name, &seen[seen_count]))
      seen_count++;
  closedir(proc);
  qsort(seen, seen_count, sizeof *seen, by_pid);
  for (unsigned i = 0; i < stream_count; i++) {
    struct stream *s = streams[i];
    if (s->kind != COMMAND || s->is_dead || s->command.tracker == 0) continue;
    s->command.alive = s->command.running = 0;
    struct seen *one = find(s->command.tracker);
    if (one) one->tracked = s;
  }
  return true;
}

enum belongs { TO_NOBODY, TO_COMMAND, TO_STRAYS, UNKNOWN };

static enum belongs owner_of(const struct seen *one, struct stream **owner) {
  if (one->pid == 1 || one->tracked || (one->parent == 1 && tracker_waits(one->pid))) return TO_NOBODY;
  for (unsigned steps = 0; steps <= seen_count; steps++) {
    if (one->parent == 1) return TO_STRAYS;
    // From outside, as the engine's own exec is.
    if (one->parent == 0) return TO_NOBODY;
    one = find(one->parent);
    // Its parent went while we looked, and it has another one now.
    if (!one) return UNKNOWN;
    if (one->tracked) {
      *owner = one->tracked;
      return TO_COMMAND;
    }
  }
  return UNKNOWN;
}

static void deal(const struct seen *one, bool is_past_stop) {
  if (is_past_stop)
    kill(one->pid, SIGKILL);
  else if (one->is_running)
    kill(one->pid, SIGSTOP);
}

bool kill_is_due(uint64_t now, uint64_t *next) {
  bool is_wanted = has_strays;
  for (unsigned i = 0; !is_wanted && i < stream_count; i++)
    is_wanted = streams[i]->kind == COMMAND && streams[i]->command.is_killed;
  if (!is_wanted) return false;
  *next = next_pass;
  return now >= next_pass;
}

static void after_pass(struct command *c, uint64_t now) {
  if (c->alive > 0) {
    c->alone_since = 0;
    if (!c->is_past_stop && (c->running == 0 || ++c->stop_passes >= STOP_PASSES)) {
      c->is_past_stop = true;
      next_pass = now;
    }
    return;
  }
  kill(c->tracker, SIGCONT);
  if (c->alone_since == 0)
    c->alone_since = now;
  else if (now - c->alone_since > ALONE_US)
    kill(c->tracker, SIGKILL);
}

void kill_pass(uint64_t now) {
  next_pass = now + NEXT_PASS_US;
  if (!scan()) {
    // Without /proc nobody can be told from another: everything goes rather than something stays.
    kill(-1, SIGKILL);
    has_strays = false;
    return;
  }
  // What did not fit, or could not be told, may be a stray.
  unsigned strays = seen_count == MAX_SEEN, running_strays = 0;
  for (unsigned i = 0; i < seen_count; i++) {
    struct stream *owner = NULL;
    enum belongs belongs = seen[i].is_zombie ? TO_NOBODY : owner_of(&seen[i], &owner);
    if (belongs == TO_COMMAND && owner->command.is_killed) {
      owner->command.alive++;
      owner->command.running += seen[i].is_running;
      deal(&seen[i], owner->command.is_past_stop);
    } else if (belongs == TO_STRAYS && has_strays) {
      strays++;
      running_strays += seen[i].is_running;
      deal(&seen[i], strays_are_past_stop);
    } else if (belongs == UNKNOWN) {
      strays++;
    }
  }
  if (has_strays) {
    if (strays == 0) has_strays = false;
    if (running_strays == 0 || ++stray_passes >= STOP_PASSES) strays_are_past_stop = true;
  }
  for (unsigned i = 0; i < stream_count; i++)
    if (streams[i]->kind == COMMAND && streams[i]->command.is_killed && streams[i]->command.tracker != 0)
      after_pass(&streams[i]->command, now);
}
