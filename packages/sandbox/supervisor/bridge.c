// The engine's `exec` as a way to process 1, for an engine that cannot attach to it: the same program is started once more beside it
// (`--bridge`) and carries the stream, over a socket in the container's own network namespace. Process 1 (`--await-bridge`) takes one
// connection before any command has run. Each looks at who the other is: whatever a command starts is neither process 1 nor
// without a parent. Where the kernel does not say who the other is (an old gVisor), nobody is believed.
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_US = 15 * 1000 * 1000, EARLY_US = 3 * 1000 * 1000, AGAIN_US = 10 * 1000, PIECE = 64 * 1024 };

// Abstract: no path that somebody could stand in.
static const char name[] = "clawd-bridge";

static socklen_t address_of(struct sockaddr_un *address) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  memcpy(address->sun_path + 1, name, sizeof name - 1);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof name);
}

static bool peer_of(int fd, struct ucred *peer) {
  socklen_t length = sizeof *peer;
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &length) == 0 && length == sizeof *peer;
}

// Its parent is outside of the container, where nothing in it can come from.
static bool is_from_outside(pid_t pid) {
  char path[32], text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  if (n <= 0) return false;
  text[n] = 0;
  const char *after = strrchr(text, ')');
  return after && strlen(after) >= 5 && strncmp(after + 4, "0 ", 2) == 0;
}

int bridge_accept(void) {
  struct sockaddr_un address;
  socklen_t length = address_of(&address);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 1) < 0)
    end(2, "cannot wait for the bridge");
  uint64_t until = now_us() + PATIENCE_US;
  struct pollfd waiting = {.fd = listener, .events = POLLIN};
  int ready;
  do {
    uint64_t now = now_us();
    ready = now >= until ? 0 : poll(&waiting, 1, (int)((until - now) / 1000) + 1);
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) end(2, "no bridge came");
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  close(listener);
  struct ucred peer;
  if (fd < 0 || !peer_of(fd, &peer) || peer.uid != getuid() || !is_from_outside(peer.pid))
    end(3, "what came is no bridge of the engine's");
  return fd;
}

static int connect_first(void) {
  struct sockaddr_un address;
  socklen_t length = address_of(&address);
  // The engine may be quicker than process 1 is.
  for (uint64_t until = now_us() + EARLY_US;;) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) end(2, "no socket for the bridge");
    if (connect(fd, (struct sockaddr *)&address, length) == 0) return fd;
    if (errno != ECONNREFUSED || now_us() > until) end(2, "process 1 does not wait for a bridge");
    close(fd);
    usleep(AGAIN_US);
  }
}

// One direction: what was read and not yet written.
struct lane {
  int from, to;
  size_t at, length;
  bool is_over;
  uint8_t bytes[PIECE];
};

static struct lane inwards, outwards;

static void lane_move(struct lane *lane) {
  if (lane->at == lane->length && !lane->is_over) {
    ssize_t n = read(lane->from, lane->bytes, PIECE);
    if (n > 0) {
      lane->at = 0;
      lane->length = (size_t)n;
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
      lane->is_over = true;
    }
  }
  if (lane->at == lane->length) return;
  ssize_t n = write(lane->to, lane->bytes + lane->at, lane->length - lane->at);
  if (n > 0)
    lane->at += (size_t)n;
  else if (n < 0 && errno != EAGAIN && errno != EINTR)
    end(0, NULL);
}

static struct pollfd lane_wait(const struct lane *lane) {
  bool is_full = lane->at < lane->length;
  return (struct pollfd){.fd = is_full ? lane->to : lane->from, .events = is_full ? POLLOUT : POLLIN};
}

static void nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

_Noreturn void bridge(void) {
  signal(SIGPIPE, SIG_IGN);
  int fd = connect_first();
  struct ucred peer;
  if (!peer_of(fd, &peer) || peer.pid != 1 || peer.uid != getuid()) end(3, "what waits for the bridge is not process 1");
  nonblocking(0);
  nonblocking(1);
  nonblocking(fd);
  inwards.from = 0;
  inwards.to = outwards.from = fd;
  outwards.to = 1;
  for (;;) {
    struct pollfd wanted[] = {lane_wait(&inwards), lane_wait(&outwards)};
    if (poll(wanted, 2, -1) < 0 && errno != EINTR) end(2, "cannot wait");
    if (wanted[0].revents) lane_move(&inwards);
    if (wanted[1].revents) lane_move(&outwards);
    // The gateway is gone: process 1 sees the end of its stream, and ends the container. What process 1 said last still goes out.
    if (inwards.is_over && inwards.at == inwards.length) end(0, NULL);
    if (outwards.is_over && outwards.at == outwards.length) end(0, NULL);
  }
}
