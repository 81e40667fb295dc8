// Trackers that wait for their next command. To make one costs more than all else that is ours in a command, so that one whose
// command is gone, with all that came from it, gets the next. A command that was killed takes its tracker along.
#include "supervisor.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_WAITING = 8, KEPT_WHEN_IDLE = 1 };

static struct {
  pid_t pid;
  int channel;
} waiting[MAX_WAITING];
static unsigned waiting_count;

static void forget(unsigned i) {
  close(waiting[i].channel);
  waiting[i] = waiting[--waiting_count];
}

static bool send_to(int channel, const struct start *start) {
  struct hand_over head = {.has_terminal = start->has_terminal, .argc = start->argc, .envc = start->envc};
  struct iovec parts[] = {{&head, sizeof head}, {start->strings, start->length}};
  union {
    char bytes[CMSG_SPACE(sizeof start->fds)];
    struct cmsghdr aligned;
  } control;
  memset(&control, 0, sizeof control);
  struct msghdr message = {
      .msg_iov = parts, .msg_iovlen = 2, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof start->fds);
  memcpy(CMSG_DATA(rights), start->fds, sizeof start->fds);
  return sendmsg(channel, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

static bool give_to_new(const struct start *start, pid_t *pid, int *channel) {
  int both[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, both) < 0) return false;
  oom_inherit(true);
  *pid = fork();
  if (*pid == 0) tracker(both[1], start);
  int error = errno;
  oom_inherit(false);
  close(both[1]);
  if (*pid < 0) close(both[0]);
  *channel = both[0];
  errno = error;
  return *pid > 0;
}

bool tracker_give(const struct start *start, pid_t *pid, int *channel) {
  bool is_small = start->length <= MAX_SENT && start->argc + start->envc <= MAX_SENT_STRINGS;
  while (is_small && waiting_count > 0) {
    unsigned last = waiting_count - 1;
    // The kernel counts descriptors that are under way for each user, of all containers together: it may be refused.
    if (!send_to(waiting[last].channel, start)) {
      bool is_alive = errno == ETOOMANYREFS || errno == EAGAIN;
      if (is_alive) break;
      forget(last);
      continue;
    }
    *pid = waiting[last].pid;
    *channel = waiting[last].channel;
    waiting_count--;
    return true;
  }
  return give_to_new(start, pid, channel);
}

void tracker_keep(pid_t pid, int channel) {
  // Its channel is its life.
  if (waiting_count == MAX_WAITING) {
    close(channel);
    return;
  }
  waiting[waiting_count].pid = pid;
  waiting[waiting_count++].channel = channel;
}

bool tracker_reaped(pid_t pid, int status) {
  for (unsigned i = 0; i < waiting_count; i++) {
    if (waiting[i].pid != pid) continue;
    if (WIFSTOPPED(status))
      kill(pid, SIGCONT);
    else
      forget(i);
    return true;
  }
  return false;
}

bool tracker_waits(pid_t pid) {
  for (unsigned i = 0; i < waiting_count; i++)
    if (waiting[i].pid == pid) return true;
  return false;
}

void trackers_trim(void) {
  while (waiting_count > KEPT_WHEN_IDLE) forget(waiting_count - 1);
}
