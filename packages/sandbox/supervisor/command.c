// Commands: each has a tracker, pipes or a terminal, a deadline, and an exit that is said after the last of its output.
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

// What a failure is about: the program, or the directory that it was to start in.
enum { PROGRAM, CWD };
enum { MAX_START_US = 10 * 1000 * 1000 };
enum { FLAG_INPUT = 1, FLAG_TERMINAL = 2, SLOT_REPORT = 0, SLOT_IN, SLOT_OUT, SLOT_ERR };

// Beginnings of a START that came in several frames; one at a time.
static uint8_t *pending;
static size_t pending_length;
static uint32_t pending_id;

static void close_all(const int *fds, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (fds[i] >= 0) close(fds[i]);
}

static bool open_terminal(int ours[3], int theirs[3], uint16_t columns, uint16_t rows) {
  int unlocked = 0;
  struct winsize size = {.ws_col = columns, .ws_row = rows};
  int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (master < 0) return false;
  ours[1] = master;
  if (ioctl(master, TIOCSPTLCK, &unlocked) < 0) return false;
  int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) {
    unsigned number;
    char path[32] = "/dev/pts/", *digit = path + sizeof path - 1;
    if (ioctl(master, TIOCGPTN, &number) < 0) return false;
    *digit = 0;
    do *--digit = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    memmove(path + 9, digit, strlen(digit) + 1);
    slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) return false;
  }
  ioctl(slave, TIOCSWINSZ, &size);
  theirs[0] = slave;
  theirs[1] = fcntl(slave, F_DUPFD_CLOEXEC, 3);
  theirs[2] = fcntl(slave, F_DUPFD_CLOEXEC, 3);
  ours[0] = fcntl(master, F_DUPFD_CLOEXEC, 3);
  return ours[0] >= 0 && theirs[1] >= 0 && theirs[2] >= 0;
}

static bool open_pipes(int ours[3], int theirs[3], bool has_input) {
  int both[2];
  if (!has_input) {
    theirs[0] = fcntl(0, F_DUPFD_CLOEXEC, 3);
    if (theirs[0] < 0) return false;
  }
  for (int i = has_input ? 0 : 1; i < 3; i++) {
    if (pipe2(both, O_CLOEXEC) < 0) return false;
    theirs[i] = both[i != 0];
    ours[i] = both[i == 0];
    fcntl(ours[i], F_SETFL, O_NONBLOCK);
    // Fewer turns for much output. Where it is not granted, the usual size does.
    if (i == 1) fcntl(ours[i], F_SETPIPE_SZ, WINDOW_OUT);
  }
  return true;
}

// Everything that the tracker needs, in memory of its own: the frame is gone by the time that it may be needed again.
static struct start *start_of(struct payload *p, unsigned argc, unsigned envc, bool has_terminal) {
  size_t pointers = ((size_t)argc + envc + 2) * sizeof(char *);
  struct start *start = malloc(sizeof *start + pointers + p->left);
  if (!start) end(4, "no memory");
  *start = (struct start){.fds = {-1, -1, -1, -1},
                          .has_terminal = has_terminal,
                          .argc = (uint16_t)argc,
                          .envc = (uint16_t)envc,
                          .length = p->left};
  start->argv = (char **)(start + 1);
  start->environment = start->argv + argc + 1;
  start->strings = (char *)(start->environment + envc + 1);
  memcpy(start->strings, p->at, p->left);
  if (!start_split(start)) violation("START");
  return start;
}

static void start_free(struct start *start) {
  if (!start) return;
  close_all(start->fds, START_FDS);
  free(start);
}

static bool open_streams(struct start *start, int ours[3], uint16_t columns, uint16_t rows, bool has_input) {
  return start->has_terminal ? open_terminal(ours, start->fds, columns, rows) : open_pipes(ours, start->fds, has_input);
}

static void start(uint32_t id, struct payload *p) {
  uint8_t flags = take_u8(p);
  uint16_t columns = take_u16(p), rows = take_u16(p);
  uint32_t timeout_ms = take_u32(p);
  uint8_t root = take_u8(p);
  unsigned argc = take_u16(p), envc = take_u16(p);
  const uint8_t *zero = p->bad ? NULL : memchr(p->at, 0, p->left);
  if (!zero || argc == 0 || flags > 3) violation("START");
  const char *cwd = (const char *)take_bytes(p, (size_t)(zero - p->at) + 1);
  bool has_terminal = flags & FLAG_TERMINAL;
  struct start *start = start_of(p, argc, envc, has_terminal);

  start->fds[START_CWD] = open_beneath(root, cwd, O_PATH | O_DIRECTORY);
  if (start->fds[START_CWD] < 0) {
    wire_fail(id, reason_of(errno), errno, CWD);
    start_free(start);
    return;
  }
  uint64_t began = now_us();
  int ours[3] = {-1, -1, -1};
  struct stream *s = NULL;
  if (open_streams(start, ours, columns, rows, flags & FLAG_INPUT)) {
    s = stream_new(id, COMMAND);
    if (!s) errno = EAGAIN;
  }
  struct command *c = s ? &s->command : NULL;
  if (!c || !tracker_give(start, &c->tracker, &c->report)) {
    int error = errno;
    close_all(ours, 3);
    start_free(start);
    if (c) {
      // It never was a command: nothing for command_free to close.
      c->in.fd = c->out.fd = c->err.fd = c->report = -1;
      c->tracker = 0;
      s->is_dead = true;
    }
    wire_fail(id, START_RESOURCES, error, PROGRAM);
    return;
  }
  c->start = start;
  c->began = began;
  // Its time begins when it has started; a start that hangs is not waited for either.
  c->timeout = (uint64_t)timeout_ms * 1000;
  c->deadline = began + c->timeout + MAX_START_US;
  c->in = (struct sink){.fd = ours[0], .window = WINDOW_IN, .is_terminal = has_terminal};
  c->out = (struct source){.fd = ours[1], .credit = WINDOW_OUT, .type = DATA, .left = -1};
  // One window for both streams: `err` borrows what `out` has (see credit_of).
  c->err = (struct source){.fd = ours[2], .type = DATA_ERR, .left = -1};
}

void command_open(uint32_t id, const uint8_t *bytes, size_t length) {
  struct payload whole = {.at = bytes, .left = length};
  if (pending) {
    if (id != pending_id || pending_length + length > MAX_START) violation("START");
    memcpy(pending + pending_length, bytes, length);
    whole = (struct payload){.at = pending, .left = pending_length + length};
  }
  start(id, &whole);
  free(pending);
  pending = NULL;
}

void command_more(uint32_t id, const uint8_t *bytes, size_t length) {
  if (!pending) {
    pending = malloc(MAX_START);
    if (!pending) end(4, "no memory");
    pending_length = 0;
    pending_id = id;
  }
  if (id != pending_id || pending_length + length > MAX_START) violation("START");
  memcpy(pending + pending_length, bytes, length);
  pending_length += length;
}

bool command_continues(uint32_t id) { return pending && pending_id == id; }

static void input_is_over(struct command *c, bool by_command) {
  if (c->in.fd < 0) return;
  close(c->in.fd);
  c->in.fd = -1;
  sink_drop(&c->in);
  if (by_command) c->input_closed_due = true;
}

void command_frame(struct stream *s, uint8_t type, struct payload *p) {
  struct command *c = &s->command;
  switch (type) {
    case DATA:
      if (!sink_take(&c->in, p->at, p->left)) input_is_over(c, true);
      return;
    case END:
      c->in.ended = true;
      return;
    case CREDIT: {
      uint32_t more = take_u32(p);
      if (p->bad || more > WINDOW_OUT - c->out.credit) violation("CREDIT");
      c->out.credit += more;
      return;
    }
    case RESIZE: {
      uint16_t columns = take_u16(p), rows = take_u16(p);
      struct winsize size = {.ws_col = columns, .ws_row = rows};
      if (p->bad || p->left > 0) violation("RESIZE");
      if (c->in.is_terminal && c->out.fd >= 0) ioctl(c->out.fd, TIOCSWINSZ, &size);
      return;
    }
    case KILL:
      command_kill(s);
      return;
    default:
      violation("no frame of a command");
  }
}

void command_watch(struct stream *s) {
  struct command *c = &s->command;
  watch(c->report, POLLIN, s, SLOT_REPORT);
  if (c->in.length > 0) watch(c->in.fd, POLLOUT, s, SLOT_IN);
  c->err.credit = c->out.credit;
  if (c->said_started && source_wants(&c->out)) watch(c->out.fd, POLLIN, s, SLOT_OUT);
  if (c->said_started && source_wants(&c->err)) watch(c->err.fd, POLLIN, s, SLOT_ERR);
}

// The tracker has it, or nobody will.
static void start_is_over(struct command *c) {
  start_free(c->start);
  c->start = NULL;
}

static void tracker_is_free(struct command *c) {
  if (c->was_killed)
    close(c->report);
  else
    tracker_keep(c->tracker, c->report);
  c->tracker = 0;
  c->report = -1;
  c->is_killed = false;
}

static void read_report(struct command *c) {
  struct report record;
  while (c->report >= 0) {
    ssize_t n = recv(c->report, &record, sizeof record, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n != sizeof record) {
      // So the kernel says that it ended before it read what it was given.
      if (n < 0 && errno == ECONNRESET) c->is_unread = true;
      close(c->report);
      c->report = -1;
      return;
    }
    start_is_over(c);
    if (record.what == REPORT_STARTED) {
      c->has_started = true;
      c->deadline = c->timeout == 0 ? 0 : record.at + c->timeout;
      c->main = record.value;
    } else if (record.what == REPORT_FAILED) {
      c->start_error = record.value;
      c->start_reason = record.reason;
    } else if (record.what == REPORT_EXIT) {
      c->has_exited = true;
      c->status = record.value;
      c->usec = record.at - c->began;
    }
    if (record.is_last) tracker_is_free(c);
  }
}

void command_event(struct stream *s, uint8_t slot, short events) {
  struct command *c = &s->command;
  (void)events;
  switch (slot) {
    case SLOT_REPORT:
      read_report(c);
      return;
    case SLOT_IN:
      if (!sink_flush(&c->in)) input_is_over(c, true);
      return;
    case SLOT_OUT:
      c->out.ready = true;
      return;
    case SLOT_ERR:
      c->err.ready = true;
      return;
  }
}

void command_tracker_gone(struct stream *s) {
  struct command *c = &s->command;
  read_report(c);
  if (c->report >= 0) close(c->report);
  c->tracker = 0;
  c->report = -1;
  // It was killed while it waited, for whatever came before: this command has not begun, and gets another one.
  if (c->is_unread && c->start && !c->was_killed) {
    c->is_unread = false;
    if (tracker_give(c->start, &c->tracker, &c->report)) return;
    c->start_error = errno;
    c->start_reason = START_RESOURCES;
    c->tracker = 0;
    c->report = -1;
  }
  start_is_over(c);
  if (c->start_error != 0) return;
  c->is_killed = false;
  // Killed before it could say how the start went, by what it started or by a neighbour: that is a command that was killed. Its
  // exit waits until the strays that it left are dead.
  c->has_started = c->was_killed = true;
  strays_begin();
}

void command_kill(struct stream *s) {
  struct command *c = &s->command;
  if (c->tracker == 0 || c->is_killed) return;
  c->is_killed = c->was_killed = true;
  if (!has_subreaper) strays_begin();
  c->is_past_stop = false;
  c->stop_passes = 0;
  c->alone_since = 0;
}

// The tree is dead. What is in the pipes belongs to it; what somebody else still writes to them does not.
static bool limit_to_what_is_there(struct source *source) {
  int there = 0;
  if (source->fd < 0 || source->left >= 0) return false;
  if (ioctl(source->fd, FIONREAD, &there) < 0) there = 0;
  source->left = there;
  return true;
}

static void say_exit(struct stream *s) {
  struct command *c = &s->command;
  uint8_t bytes[13];
  bool is_signal = WIFSIGNALED(c->status);
  bytes[0] = (uint8_t)((is_signal ? 1 : 0) | (c->is_timed_out ? 2 : 0));
  put_u32(bytes + 1, (uint32_t)(is_signal ? WTERMSIG(c->status) : WEXITSTATUS(c->status)));
  put_u64(bytes + 5, c->usec);
  wire_send(EXIT, s->id, bytes, sizeof bytes);
  c->said_exit = true;
  input_is_over(c, false);
}

static bool pump(struct command *c, struct source *source, uint32_t id) {
  source->credit = c->out.credit;
  bool moved = source_pump(source, id);
  c->out.credit = source->credit;
  if (moved && source->left >= 0 && source->fd >= 0) source->ready = true;
  return moved && source->left >= 0;
}

bool command_advance(struct stream *s) {
  struct command *c = &s->command;
  bool is_moving = false;
  if (c->start_error != 0) {
    if (c->tracker != 0 || wire_room() < SMALL) return false;
    wire_fail(s->id, c->start_reason, c->start_error, c->start_reason < START_PROGRAM ? CWD : PROGRAM);
    s->is_dead = true;
    return false;
  }
  if (c->has_started && !c->said_started && wire_room() >= SMALL) {
    wire_send(STARTED, s->id, NULL, 0);
    c->said_started = is_moving = true;
  }
  if (!c->said_started) return false;
  sink_credit(&c->in, s->id);
  if (c->in.ended && c->in.length == 0 && c->in.fd >= 0 &&
      (!c->in.is_terminal || write(c->in.fd, "\4", 1) == 1 || errno != EAGAIN))
    input_is_over(c, false);
  if (c->input_closed_due && !c->said_exit && wire_room() >= SMALL) {
    wire_send(INPUT_CLOSED, s->id, NULL, 0);
    c->input_closed_due = false;
  }
  bool has_lost_some = c->was_killed || !c->has_exited;
  bool is_tree_gone = c->tracker == 0 && !(has_lost_some && strays_are_left());
  if (is_tree_gone && !c->has_exited) {
    c->has_exited = true;
    c->status = SIGKILL;
    c->usec = now_us() - c->began;
  }
  // A terminal says itself when nobody has it open any more, and only then has all that was written to it.
  if (is_tree_gone && (c->was_killed || !c->in.is_terminal)) {
    if (limit_to_what_is_there(&c->out)) c->out.ready = true;
    if (limit_to_what_is_there(&c->err)) c->err.ready = true;
  }
  if (pump(c, &c->out, s->id)) is_moving = true;
  if (pump(c, &c->err, s->id)) is_moving = true;
  if (c->out.left == 0) source_close(&c->out);
  if (c->err.left == 0) source_close(&c->err);
  bool is_silent = c->out.fd < 0 && c->err.fd < 0;
  // The exit of a killed command says that all of its tree is dead.
  bool is_due = c->has_exited && is_silent && (is_tree_gone || !c->was_killed);
  if (is_due && !c->said_exit && wire_room() >= SMALL) say_exit(s);
  if (c->said_exit && c->tracker == 0) s->is_dead = true;
  return is_moving;
}

void command_free(struct stream *s) {
  struct command *c = &s->command;
  input_is_over(c, false);
  source_close(&c->out);
  source_close(&c->err);
  if (c->report >= 0) close(c->report);
  start_is_over(c);
}
