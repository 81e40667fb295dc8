// The parent of one command after the other. Whatever a command leaves behind becomes its child, so that the whole tree hangs on
// one process that the command cannot leave; the next command comes when nothing of the tree is left. It holds no descriptor but
// its channel to process 1, and ends with it.
#include "supervisor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The first three are the command's own. A descriptor that arrives takes the lowest number that is free: these.
enum { CHANNEL = 3, CWD_FD, FIRST_OTHER, ABOVE = 10, CLOSE_RANGE_CALL = 436 };

// Written by the child in our memory, which is its own until it runs the program.
static volatile struct {
  int32_t error;
  uint8_t reason;
} refusal;

static void close_others(void) {
  if (syscall(CLOSE_RANGE_CALL, FIRST_OTHER, ~0U, 0) == 0) return;
  DIR *own = opendir("/proc/self/fd");
  if (!own) _exit(1);
  for (struct dirent *entry; (entry = readdir(own));) {
    int fd = atoi(entry->d_name);
    if (fd >= FIRST_OTHER && fd != dirfd(own)) close(fd);
  }
  closedir(own);
}

_Noreturn static void refuse(int error, uint8_t reason) {
  refusal.error = error;
  refusal.reason = reason;
  _exit(127);
}

// As execvp, but of the PATH that was given, its absolute entries alone, and never by way of a shell.
static int run(char **argv, char **environment) {
  if (strchr(argv[0], '/')) {
    execve(argv[0], argv, environment);
    return errno;
  }
  const char *path = "";
  for (char **each = environment; *each; each++)
    if (strncmp(*each, "PATH=", 5) == 0) path = *each + 5;
  int error = ENOENT;
  size_t name = strlen(argv[0]);
  while (*path && name > 0) {
    size_t length = strcspn(path, ":");
    char whole[PATH_MAX];
    if (*path == '/' && length + name + 2 <= sizeof whole) {
      memcpy(whole, path, length);
      whole[length] = '/';
      memcpy(whole + length + 1, argv[0], name + 1);
      execve(whole, argv, environment);
      if (errno != ENOENT && errno != ENOTDIR) error = errno;
      if (error != ENOENT && error != EACCES) return error;
    }
    path += length + (path[length] == ':');
  }
  return error;
}

_Noreturn static void become(const struct start *start) {
  setsid();
  if (start->has_terminal && ioctl(0, TIOCSCTTY, 0) < 0) refuse(errno, START_RESOURCES);
  umask(022);
  if (fchdir(CWD_FD) < 0) refuse(errno, reason_of(errno));
  close(CWD_FD);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  refuse(run(start->argv, start->environment), START_PROGRAM);
}

// Returns when the child runs its program or has ended: until then it works in our memory, which is not copied for it.
static pid_t launch(const struct start *start) {
  pid_t pid = vfork();
  if (pid == 0) become(start);
  return pid;
}

static void say(uint8_t what, int32_t value, uint8_t reason, bool is_last) {
  struct report record = {.what = what, .reason = reason, .is_last = is_last, .value = value, .at = now_us()};
  while (send(CHANNEL, &record, sizeof record, MSG_NOSIGNAL) < 0 && errno == EINTR) continue;
}

static void track(const struct start *start) {
  refusal.reason = 0;
  pid_t main_child = launch(start);
  int error = errno, status;
  for (int fd = 0; fd < CHANNEL; fd++) close(fd);
  close(CWD_FD);
  if (main_child < 0) return say(REPORT_FAILED, error, START_RESOURCES, true);
  if (refusal.reason != 0) {
    waitpid(main_child, &status, 0);
    return say(REPORT_FAILED, refusal.error, refusal.reason, true);
  }
  say(REPORT_STARTED, main_child, 0, false);
  for (;;) {
    pid_t pid = waitpid(-1, &status, 0);
    if (pid < 0 && errno == ECHILD) return say(REPORT_NOBODY, 0, 0, true);
    if (pid != main_child) continue;
    int other;
    do pid = waitpid(-1, &other, WNOHANG);
    while (pid > 0);
    bool is_last = pid < 0 && errno == ECHILD;
    say(REPORT_EXIT, status, 0, is_last);
    if (is_last) return;
  }
}

bool start_split(struct start *start) {
  char *at = start->strings, *end = start->strings + start->length;
  char **next = start->argv;
  for (unsigned i = 0, count = (unsigned)start->argc + start->envc; i < count; i++) {
    char *zero = memchr(at, 0, (size_t)(end - at));
    if (!zero) return false;
    if (i == start->argc) next = start->environment;
    *next++ = at;
    at = zero + 1;
  }
  start->argv[start->argc] = start->environment[start->envc] = NULL;
  return at == end;
}

// The next command, in memory of our own. False when process 1 has none for us any more.
static bool receive(struct start *start) {
  static char strings[MAX_SENT];
  static char *pointers[MAX_SENT_STRINGS + 2];
  struct hand_over head;
  union {
    char bytes[CMSG_SPACE(sizeof start->fds)];
    struct cmsghdr aligned;
  } control;
  struct iovec parts[] = {{&head, sizeof head}, {strings, sizeof strings}};
  struct msghdr message = {
      .msg_iov = parts, .msg_iovlen = 2, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  // Whoever was killed while it waited ends here, on its way back from the kernel: what it was sent stays unread.
  struct pollfd wait = {.fd = CHANNEL, .events = POLLIN};
  while (poll(&wait, 1, -1) < 0 && errno == EINTR) continue;
  ssize_t n;
  do n = recvmsg(CHANNEL, &message, 0);
  while (n < 0 && errno == EINTR);
  if (n < (ssize_t)sizeof head || message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) return false;
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  if (!rights || rights->cmsg_len != CMSG_LEN(sizeof start->fds)) return false;
  memcpy(start->fds, CMSG_DATA(rights), sizeof start->fds);
  static const int expected[] = {0, 1, 2, CWD_FD};
  if (memcmp(start->fds, expected, sizeof expected) != 0) return false;
  if (head.argc + head.envc > MAX_SENT_STRINGS) return false;
  start->has_terminal = head.has_terminal;
  start->argc = head.argc;
  start->envc = head.envc;
  start->argv = pointers;
  start->environment = pointers + head.argc + 1;
  start->strings = strings;
  start->length = (size_t)n - sizeof head;
  return start_split(start);
}

_Noreturn void tracker(int channel, const struct start *first) {
  // SIGTERM to everybody must not part the tree from us; what cannot be blocked is process 1's to notice.
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  // What is ignored here would be ignored in every command.
  for (int number = 1; number < 65; number++) signal(number, SIG_DFL);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const int from[] = {first->fds[START_IN], first->fds[START_OUT], first->fds[START_ERR], channel,
                      first->fds[START_CWD]};
  int safe[FIRST_OTHER];
  for (int i = 0; i < FIRST_OTHER; i++) safe[i] = fcntl(from[i], F_DUPFD_CLOEXEC, ABOVE);
  for (int i = 0; i < FIRST_OTHER; i++)
    if (safe[i] < 0 || dup3(safe[i], i, i >= CHANNEL ? O_CLOEXEC : 0) != i) _exit(1);
  close_others();
  track(first);
  struct start next;
  while (receive(&next)) track(&next);
  _exit(0);
}
