// The first process of a container. It speaks to the gateway over one stream and to nobody else; when the stream ends, so does the
// container. PROTOCOL.md says what is spoken.
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MAX_WATCHED = 4 + 4 * MAX_STREAMS, IDLE_MS = 1000, FORWARD_BIT = 1U << 31, EVENTS_A_TURN = 64 };

static struct pollfd watched[MAX_WATCHED];
static struct {
  struct stream *stream;
  uint8_t slot;
} owners[MAX_WATCHED];
static unsigned watched_count;
static int oom_fd = -1;
static char oom_own[16];
static size_t oom_own_length;
static uint32_t last_id;
static bool is_welcome;

_Noreturn void end(int status, const char *why) {
  if (why) {
    (void)!write(2, "supervisor: ", 12);
    (void)!write(2, why, strlen(why));
    (void)!write(2, "\n", 1);
  }
  if (getpid() == 1) kill(-1, SIGKILL);
  _exit(status);
}

_Noreturn void violation(const char *what) { end(3, what); }

uint64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

// The kernel takes commands before it takes us. Written here and inherited, because a process that is not dumpable, as a tracker
// is, may not write its own.
void oom_inherit(bool is_child_next) {
  if (oom_fd < 0) return;
  (void)!pwrite(oom_fd, is_child_next ? "1000" : oom_own, is_child_next ? 4 : oom_own_length, 0);
}

void watch(int fd, short events, struct stream *owner, uint8_t slot) {
  if (fd < 0 || watched_count == MAX_WATCHED) return;
  watched[watched_count] = (struct pollfd){.fd = fd, .events = events};
  owners[watched_count].stream = owner;
  owners[watched_count].slot = slot;
  watched_count++;
}

int above_stdio(int fd) {
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  if (moved < 0) end(2, "cannot keep the stream");
  close(fd);
  return moved;
}

static int connect_gateway(const char *path) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof to.sun_path) end(2, "--connect takes a shorter path");
  memcpy(to.sun_path, path, strlen(path) + 1);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) end(2, "cannot reach the gateway's socket");
  return fd;
}

static void say_hello(void) {
  uint8_t bytes[2 + 4 * 3 + 16 + 1];
  put_u16(bytes, PROTOCOL_VERSION);
  put_u32(bytes + 2, getuid());
  put_u32(bytes + 6, getgid());
  put_u32(bytes + 10, (uint32_t)getpid());
  if (getrandom(bytes + 14, 16, 0) != 16) end(2, "no randomness");
  bytes[30] = (uint8_t)((has_openat2 ? 1 : 0) | (has_subreaper ? 2 : 0));
  wire_send(HELLO, 0, bytes, sizeof bytes);
}

static void frame_of_stream(uint8_t type, uint32_t id, struct payload *p) {
  uint32_t newest = id & FORWARD_BIT ? last_forward : last_id;
  if (id > newest || id == 0 || id == FORWARD_BIT) violation("a stream that was never opened");
  struct stream *s = stream_find(id);
  // It has ended here while the frame was on its way.
  if (!s) return;
  switch (s->kind) {
    case COMMAND:
      return command_frame(s, type, p);
    case READER:
    case WRITER:
    case LISTER:
      return file_frame(s, type, p);
    case FORWARD:
      return forward_frame(s, type, p);
    default:
      violation("a frame for what takes none");
  }
}

static void observe(uint32_t id) {
  if (!stream_new(id, OBSERVER)) wire_fail(id, DENIED, EMFILE, 0);
}

static void frame(uint8_t type, uint32_t id, struct payload *p) {
  if (is_welcome != (type != WELCOME)) violation("WELCOME comes first, and once");
  if (type == WELCOME) {
    if (take_u16(p) != PROTOCOL_VERSION) violation("another version");
    roots_open(p);
    is_welcome = true;
    return;
  }
  if (type == PING) {
    if (p->left > 64) violation("PING");
    return wire_send(PONG, id, p->at, p->left);
  }
  bool is_continued = command_continues(id) && (type == START || type == START_MORE);
  if (type < DATA && type != RESIZE && type != KILL && !is_continued) {
    if (id <= last_id || id & FORWARD_BIT) violation("an id that was used");
    last_id = id;
  }
  switch (type) {
    case VERIFY:
      return observe(id);
    case START_MORE:
      command_more(id, p->at, p->left);
      return;
    case START:
      return command_open(id, p->at, p->left);
    case STAT:
      return file_stat(id, p);
    case READ:
      return file_read(id, p);
    case WRITE:
      return file_write(id, p);
    case LIST:
      return file_list(id, p);
    case REMOVE:
      return file_remove(id, p);
    case RESIZE:
    case KILL:
    case DATA:
    case CREDIT:
    case END:
    case CLOSE:
      return frame_of_stream(type, id, p);
    default:
      violation("an unknown frame");
  }
}

static bool stream_advance(struct stream *s) {
  if (s->is_dead) return false;
  switch (s->kind) {
    case COMMAND:
      return command_advance(s);
    case READER:
    case LISTER:
      return file_advance(s);
    case OBSERVER:
      return observe_advance(s);
    case FORWARD:
      return forward_advance(s);
    default:
      return false;
  }
}

static void stream_watch(struct stream *s) {
  if (s->kind == COMMAND) command_watch(s);
  if (s->kind == FORWARD || s->kind == SPLICE) forward_watch(s);
}

static void stream_event(struct stream *s, uint8_t slot, short events) {
  if (s->is_dead) return;
  if (s->kind == COMMAND)
    command_event(s, slot, events);
  else
    forward_event(s, slot, events);
}

// Deadlines that have passed become kills; gives how long to sleep, in milliseconds.
static int next_wake(bool is_moving) {
  uint64_t now = now_us(), next = UINT64_MAX, pass = 0;
  for (unsigned i = 0; i < stream_count; i++) {
    if (streams[i]->kind != COMMAND) continue;
    struct command *c = &streams[i]->command;
    if (c->deadline != 0 && now >= c->deadline) {
      c->deadline = 0;
      if (!c->said_exit) c->is_timed_out = true;
      command_kill(streams[i]);
    }
    if (c->deadline != 0 && c->deadline < next) next = c->deadline;
  }
  if (kill_is_due(now, &pass)) {
    kill_pass(now);
    is_moving = true;
  }
  if (is_moving || wire_has_more()) return 0;
  if (pass != 0 && pass < next) next = pass;
  if (next == UINT64_MAX) return IDLE_MS;
  uint64_t ms = next <= now ? 0 : (next - now + 999) / 1000;
  return ms < IDLE_MS ? (int)ms : IDLE_MS;
}

static void turn(int signals) {
  static unsigned first;
  bool is_moving = false;
  for (unsigned i = 0; i < stream_count; i++)
    if (stream_advance(streams[(first + i) % stream_count])) is_moving = true;
  first++;
  streams_sweep();
  wire_flush();
  int wait = next_wake(is_moving);

  watched_count = 4;
  wire_watch(&watched[0], &watched[1]);
  watched[2] = (struct pollfd){.fd = signals, .events = POLLIN};
  watched[3] = (struct pollfd){.fd = forward_listener(), .events = POLLIN};
  for (unsigned i = 0; i < stream_count; i++) stream_watch(streams[i]);
  int ready = poll(watched, watched_count, wait);
  if (ready == 0 && wait == IDLE_MS) {
    wire_trim();
    trackers_trim();
  }
  if (ready <= 0) return;

  if (watched[2].revents) {
    struct signalfd_siginfo signal;
    while (read(signals, &signal, sizeof signal) == sizeof signal)
      // 0 is somebody outside, as the engine is; a command that sends it is not heard.
      if (signal.ssi_signo == SIGTERM && signal.ssi_pid == 0) end(0, NULL);
    reap();
  }
  for (unsigned i = 4; i < watched_count; i++)
    if (watched[i].revents) stream_event(owners[i].stream, owners[i].slot, watched[i].revents);
  if (watched[3].revents) forward_accept();
  if (watched[0].revents) wire_read();
}

static void serve(void) {
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, SIGCHLD);
  sigaddset(&heard, SIGTERM);
  sigprocmask(SIG_BLOCK, &heard, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  int signals = signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) end(2, "no signals");
  say_hello();
  for (;;) {
    uint8_t type;
    uint32_t id;
    struct payload payload;
    for (int i = 0; i < EVENTS_A_TURN && wire_next(&type, &id, &payload); i++) frame(type, id, &payload);
    turn(signals);
  }
}

int main(int argc, char **argv) {
  // Before anything else: nobody of the same user may look into this process or take its descriptors.
  oom_fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
  ssize_t length = oom_fd < 0 ? 0 : read(oom_fd, oom_own, sizeof oom_own);
  oom_own_length = length > 0 ? (size_t)length : 0;
  // What cannot be put back is not touched.
  if (oom_own_length == 0) oom_fd = -1;
  if (prctl(PR_SET_DUMPABLE, 0) < 0) end(2, "cannot hide from other processes");
  if (argc == 2 && strcmp(argv[1], "--bridge") == 0 && getpid() != 1) bridge();
  if (getpid() != 1) end(2, "this is the first process of a container, and nothing else");
  const char *gateway = NULL, *forward = NULL, *egress = NULL;
  bool may_openat2 = true, is_bridged = false;
  for (int i = 1; i < argc; i++) {
    bool has_value = i + 1 < argc;
    if (strcmp(argv[i], "--walk") == 0)
      may_openat2 = false;
    else if (strcmp(argv[i], "--await-bridge") == 0)
      is_bridged = true;
    else if (has_value && strcmp(argv[i], "--connect") == 0)
      gateway = argv[++i];
    else if (has_value && strcmp(argv[i], "--forward") == 0)
      forward = argv[++i];
    else if (has_value && strcmp(argv[i], "--egress-socket") == 0)
      egress = argv[++i];
    else
      end(2, "usage: supervisor [--connect SOCKET | --await-bridge] [--forward ADDRESS:PORT [--egress-socket SOCKET]] [--walk]");
  }
  int channel = gateway ? connect_gateway(gateway) : is_bridged ? bridge_accept() : -1;
  int in = channel < 0 ? above_stdio(0) : above_stdio(channel);
  int out = channel < 0 ? above_stdio(1) : in;
  int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0) end(2, "no /dev/null");
  dup2(nothing, 0);
  dup2(nothing, 1);
  if (nothing > 2) close(nothing);
  fcntl(in, F_SETFL, fcntl(in, F_GETFL) | O_NONBLOCK);
  fcntl(out, F_SETFL, fcntl(out, F_GETFL) | O_NONBLOCK);
  fcntl(2, F_SETFD, FD_CLOEXEC);
  wire_open(in, out);
  if (may_openat2) probe_openat2();
  probe_subreaper();
  umask(022);
  // A place that every image has and no command can move.
  if (chdir("/") < 0) end(2, "no root directory");
  if (forward) forward_listen(forward, egress);
  serve();
}
