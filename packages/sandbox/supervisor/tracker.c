// The parent of one command. Whatever the command leaves behind becomes its child, so that the whole tree hangs on one process
// that the command cannot leave; it ends when nothing of the tree is left. It holds no descriptor but its report.
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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPORT = 3, CWD_FD, KEPT, FIRST_OTHER = KEPT, ABOVE = 10, CLOSE_RANGE_CALL = 436 };

struct refusal {
  int32_t error;
  uint8_t reason;
};

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

static void refuse(int refusals, int error, uint8_t reason) {
  struct refusal refusal = {.error = error, .reason = reason};
  while (write(refusals, &refusal, sizeof refusal) < 0 && errno == EINTR) continue;
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

_Noreturn static void become(const struct spawn *spawn, int refusals) {
  setsid();
  if (spawn->has_terminal && ioctl(0, TIOCSCTTY, 0) < 0) refuse(refusals, errno, START_RESOURCES);
  for (int number = 1; number < 65; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  umask(022);
  if (fchdir(CWD_FD) < 0) refuse(refusals, errno, reason_of(errno));
  refuse(refusals, run(spawn->argv, spawn->environment), START_PROGRAM);
  _exit(127);
}

static void say(uint8_t what, int32_t value, uint8_t reason) {
  struct report record = {.what = what, .reason = reason, .value = value, .at = now_us()};
  while (write(REPORT, &record, sizeof record) < 0 && errno == EINTR) continue;
}

_Noreturn void tracker(const struct spawn *spawn) {
  // SIGTERM to everybody must not part the tree from us; what cannot be blocked is process 1's to notice.
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const int from[] = {spawn->in, spawn->out, spawn->err, spawn->report, spawn->cwd};
  int safe[KEPT];
  for (int i = 0; i < KEPT; i++) safe[i] = fcntl(from[i], F_DUPFD_CLOEXEC, ABOVE);
  for (int i = 0; i < KEPT; i++)
    if (safe[i] < 0 || dup3(safe[i], i, i >= REPORT ? O_CLOEXEC : 0) != i) _exit(1);
  close_others();

  int refusals[2];
  if (pipe2(refusals, O_CLOEXEC) < 0) {
    say(REPORT_FAILED, errno, START_RESOURCES);
    _exit(0);
  }
  pid_t main_child = fork();
  if (main_child == 0) become(spawn, refusals[1]);
  if (main_child < 0) {
    say(REPORT_FAILED, errno, START_RESOURCES);
    _exit(0);
  }
  close(refusals[1]);
  close(CWD_FD);
  for (int fd = 0; fd < REPORT; fd++) close(fd);
  struct refusal refusal;
  ssize_t n;
  do n = read(refusals[0], &refusal, sizeof refusal);
  while (n < 0 && errno == EINTR);
  close(refusals[0]);
  if (n == sizeof refusal)
    say(REPORT_FAILED, refusal.error, refusal.reason);
  else
    say(REPORT_STARTED, main_child, 0);

  for (;;) {
    int status;
    pid_t pid = waitpid(-1, &status, 0);
    if (pid == main_child) say(REPORT_EXIT, status, 0);
    if (pid < 0 && errno == ECHILD) _exit(0);
  }
}
