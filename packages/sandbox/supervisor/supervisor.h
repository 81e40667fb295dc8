// What the parts of the supervisor know of each other. PROTOCOL.md is what the gateway knows of it.
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#define _GNU_SOURCE
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#define PROTOCOL_VERSION 1

enum {
  HEADER = 9,
  MAX_PAYLOAD = 64 * 1024,
  // What each side may send on a stream before it hears CREDIT.
  WINDOW_OUT = 256 * 1024,
  WINDOW_IN = 64 * 1024,
  MAX_START = 1024 * 1024,
  MAX_STREAMS = 512,
  MAX_FORWARDS = 128,
  MAX_ROOTS = 64,
  // Room that output never takes, so that an answer of a few bytes always has its place.
  RESERVE = 8 * 1024,
  SMALL = 512,
  VERSION_BYTES = 40,
};

enum from_gateway {
  WELCOME = 0x01,
  PING = 0x02,
  VERIFY = 0x03,
  START_MORE = 0x10,
  START = 0x11,
  RESIZE = 0x12,
  KILL = 0x13,
  STAT = 0x20,
  READ = 0x21,
  WRITE = 0x22,
  LIST = 0x23,
  REMOVE = 0x24,
};

enum both_ways { DATA = 0x40, DATA_ERR = 0x41, CREDIT = 0x42, END = 0x43, CLOSE = 0x44 };

enum from_supervisor {
  HELLO = 0x81,
  PONG = 0x82,
  OBSERVED = 0x83,
  STARTED = 0x90,
  EXIT = 0x91,
  INPUT_CLOSED = 0x92,
  STATUS = 0xa0,
  DONE = 0xa1,
  OPEN = 0xb0,
  FAILED = 0xf0,
};

enum reason {
  MISSING = 1,
  OUTSIDE,
  LINK,
  KIND,
  TOO_LARGE,
  CHANGED,
  READ_ONLY,
  FULL,
  DENIED,
  START_PROGRAM = 20,
  START_RESOURCES,
};

// A payload being read. Reading past its end sets `bad` and gives zeros; the caller looks once, at the end.
struct payload {
  const uint8_t *at;
  size_t left;
  bool bad;
};
uint8_t take_u8(struct payload *p);
uint16_t take_u16(struct payload *p);
uint32_t take_u32(struct payload *p);
uint64_t take_u64(struct payload *p);
const uint8_t *take_bytes(struct payload *p, size_t length);
void put_u16(uint8_t *at, uint16_t value);
void put_u32(uint8_t *at, uint32_t value);
void put_u64(uint8_t *at, uint64_t value);

// wire.c: the stream to the gateway.
void wire_open(int in, int out);
void wire_watch(struct pollfd *in, struct pollfd *out);
void wire_read(void);
void wire_flush(void);
bool wire_next(uint8_t *type, uint32_t *id, struct payload *payload);
// A whole frame is here already, so that nobody sleeps on it.
bool wire_has_more(void);
bool wire_is_idle(void);
void wire_trim(void);
size_t wire_room(void);
// A frame whose payload is filled in place: `wire_begin`, then `wire_commit` with its length (nothing is sent without).
uint8_t *wire_begin(uint8_t type, uint32_t id);
void wire_commit(size_t length);
void wire_send(uint8_t type, uint32_t id, const void *payload, size_t length);
void wire_fail(uint32_t id, uint8_t reason, int error, uint8_t stage);

// Sets who the kernel kills first: the next child, or as it was.
void oom_inherit(bool is_child_next);
// Ends everything: no process of the container outlives the stream.
_Noreturn void end(int status, const char *why);
_Noreturn void violation(const char *what);
uint64_t now_us(void);
int above_stdio(int fd);

// A stream of bytes towards the gateway, paced by its credit.
struct source {
  int fd;
  uint32_t credit;
  uint8_t type;
  bool ready;
  // Bytes still to be delivered once the end is decided; negative: until the end of the file.
  int64_t left;
};
// Sends one piece. False when it waits for credit, for room, or for the file.
bool source_pump(struct source *source, uint32_t id);
bool source_wants(const struct source *source);
void source_close(struct source *source);

// A stream of bytes from the gateway into a descriptor that may be slow.
struct sink {
  int fd;
  uint8_t *queue;
  uint32_t at, length;
  uint32_t window, owed;
  bool ended, is_socket, is_terminal;
};
// False when the descriptor takes no more.
bool sink_take(struct sink *sink, const uint8_t *bytes, size_t length);
bool sink_flush(struct sink *sink);
void sink_credit(struct sink *sink, uint32_t id);
void sink_drop(struct sink *sink);

enum kind { COMMAND, READER, WRITER, LISTER, OBSERVER, FORWARD, SPLICE };

struct start;

struct command {
  pid_t tracker, main;
  int report;
  // What it was started with, until its tracker has it.
  struct start *start;
  struct sink in;
  struct source out, err;
  uint64_t began, timeout, deadline, usec;
  int status, start_error;
  uint8_t start_reason;
  bool has_started, said_started, has_exited, said_exit, is_timed_out, input_closed_due;
  // Killing: first everything is stopped, so that nothing forks away, then everything is killed.
  bool is_killed, was_killed, is_past_stop, is_unread;
  uint8_t stop_passes;
  uint64_t alone_since;
  int alive, running;
};

struct reader {
  int fd;
  uint64_t left;
  uint32_t credit;
};

struct writer {
  int directory, fd;
  char name[256], temporary[40];
  uint8_t expect;
  uint8_t version[VERSION_BYTES];
};

struct lister {
  int fd;
  uint32_t left, credit;
  bool is_cut, is_over;
};

struct forward {
  struct sink in;
  struct source out;
  bool said_end, peer_ended;
};

struct splice_side {
  int fd;
  uint8_t *buffer;
  uint32_t at, length;
  bool is_read_over, is_write_over;
};

struct stream {
  uint32_t id;
  uint8_t kind;
  bool is_dead;
  union {
    struct command command;
    struct reader reader;
    struct writer writer;
    struct lister lister;
    unsigned observed;
    struct forward forward;
    struct splice_side sides[2];
  };
};

// streams.c
extern struct stream *streams[MAX_STREAMS];
extern unsigned stream_count;
struct stream *stream_new(uint32_t id, uint8_t kind);
struct stream *stream_find(uint32_t id);
void streams_sweep(void);
void watch(int fd, short events, struct stream *owner, uint8_t slot);

// command.c
void command_open(uint32_t id, const uint8_t *bytes, size_t length);
// A beginning of what `command_open` gets the end of.
void command_more(uint32_t id, const uint8_t *bytes, size_t length);
bool command_continues(uint32_t id);
void command_frame(struct stream *s, uint8_t type, struct payload *p);
void command_watch(struct stream *s);
void command_event(struct stream *s, uint8_t slot, short events);
bool command_advance(struct stream *s);
void command_tracker_gone(struct stream *s);
void command_kill(struct stream *s);
void command_free(struct stream *s);

// What a command is started with. One allocation: the pointers and the strings follow.
enum { START_IN, START_OUT, START_ERR, START_CWD, START_FDS };
struct start {
  int fds[START_FDS];
  bool has_terminal;
  uint16_t argc, envc;
  char **argv, **environment, *strings;
  size_t length;
};

// tracker.c: what runs in a tracker
enum { REPORT_STARTED = 1, REPORT_FAILED, REPORT_EXIT, REPORT_NOBODY };
struct report {
  uint8_t what, reason;
  // Nobody of the command is left, and the tracker waits for the next one.
  bool is_last;
  int32_t value;
  uint64_t at;
};
// The head of a command that is sent to a tracker which waits; its strings follow.
struct hand_over {
  bool has_terminal;
  uint16_t argc, envc;
};
enum { MAX_SENT = 16 * 1024, MAX_SENT_STRINGS = 256 };
_Noreturn void tracker(int channel, const struct start *first);
// Fills `argv` and `environment` from the strings. False when they are not as many.
bool start_split(struct start *start);

// trackers.c: process 1's side of them
bool tracker_give(const struct start *start, pid_t *pid, int *channel);
void tracker_keep(pid_t pid, int channel);
bool tracker_reaped(pid_t pid, int status);
bool tracker_waits(pid_t pid);
void trackers_trim(void);

// reap.c
void reap(void);
bool kill_is_due(uint64_t now, uint64_t *next);
void kill_pass(uint64_t now);
bool strays_are_left(void);
void strays_begin(void);
// Whether orphans go to their command's tracker. Below an old gVisor they come to process 1, and cannot be told apart.
extern bool has_subreaper;
void probe_subreaper(void);

// path.c
struct root {
  int fd;
  bool is_writable;
  char *path;
};
extern struct root roots[MAX_ROOTS];
extern unsigned root_count;
extern bool has_openat2;
void roots_open(struct payload *p);
void probe_openat2(void);
// Descriptors beneath a root, or -1 with errno. `path` is relative, without `.` and `..`; "" is the root itself.
int open_beneath(unsigned root, const char *path, int flags);
int open_parent(unsigned root, const char *path, bool make, const char **name);
uint8_t reason_of(int error);

// file.c
void file_stat(uint32_t id, struct payload *p);
void file_read(uint32_t id, struct payload *p);
void file_write(uint32_t id, struct payload *p);
void file_list(uint32_t id, struct payload *p);
void file_remove(uint32_t id, struct payload *p);
void file_frame(struct stream *s, uint8_t type, struct payload *p);
bool file_advance(struct stream *s);
void file_free(struct stream *s);

// forward.c
void forward_listen(const char *address, const char *socket_path);
int forward_listener(void);
void forward_accept(void);
void forward_frame(struct stream *s, uint8_t type, struct payload *p);
void forward_watch(struct stream *s);
void forward_event(struct stream *s, uint8_t slot, short events);
bool forward_advance(struct stream *s);
void forward_free(struct stream *s);
extern uint32_t last_forward;

// bridge.c
int bridge_accept(void);
_Noreturn void bridge(void);

// observe.c
bool observe_advance(struct stream *s);

#endif
