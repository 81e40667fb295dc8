// The way out: whoever inside connects to the loopback address is carried to the gateway, as a stream, or to the socket that the
// gateway mounted, by copying here.
#include "supervisor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { COPY = 64 * 1024, RETRY_US = 100 * 1000, FORWARD_BIT = 1U << 31 };

static int listener = -1;
static const char *egress_path;
static unsigned open_count;
static uint64_t not_before;
uint32_t last_forward = FORWARD_BIT;

void forward_listen(const char *address, const char *socket_path) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  char host[64];
  const char *colon = strrchr(address, ':');
  int yes = 1;
  if (!colon || (size_t)(colon - address) >= sizeof host) end(2, "--forward takes ADDRESS:PORT");
  memcpy(host, address, (size_t)(colon - address));
  host[colon - address] = 0;
  long port = strtol(colon + 1, NULL, 10);
  if (port < 1 || port > 65535 || inet_pton(AF_INET, host, &at.sin_addr) != 1 ||
      ntohl(at.sin_addr.s_addr) >> 24 != 127)
    end(2, "--forward takes a loopback ADDRESS:PORT");
  at.sin_port = htons((uint16_t)port);
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, MAX_FORWARDS) < 0)
    end(2, "cannot listen for the way out");
  egress_path = socket_path;
}

int forward_listener(void) {
  if (not_before > 0 && now_us() < not_before) return -1;
  return open_count < MAX_FORWARDS && stream_count < MAX_STREAMS && wire_room() >= SMALL ? listener : -1;
}

static int connect_egress(void) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  if (strlen(egress_path) >= sizeof to.sun_path) return -1;
  memcpy(to.sun_path, egress_path, strlen(egress_path) + 1);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
    close(fd);
    return -1;
  }
  return fd;
}

void forward_accept(void) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) {
    // Without a descriptor to spare it stays readable: looking again at once would be all that is done.
    not_before = now_us() + RETRY_US;
    return;
  }
  int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  int other = egress_path ? connect_egress() : -1;
  struct stream *s = egress_path && other < 0 ? NULL : stream_new(egress_path ? 0 : last_forward + 1, egress_path ? SPLICE : FORWARD);
  if (!s) {
    close(fd);
    if (other >= 0) close(other);
    return;
  }
  open_count++;
  if (egress_path) {
    s->sides[0].fd = fd;
    s->sides[1].fd = other;
    return;
  }
  last_forward++;
  s->forward.in = (struct sink){.fd = fd, .window = WINDOW_IN, .is_socket = true};
  s->forward.out = (struct source){.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3), .credit = WINDOW_OUT, .type = DATA, .left = -1};
  wire_send(OPEN, s->id, NULL, 0);
}

static void reset(struct stream *s, bool say) {
  if (say && wire_room() >= SMALL) wire_send(CLOSE, s->id, NULL, 0);
  s->is_dead = true;
}

void forward_frame(struct stream *s, uint8_t type, struct payload *p) {
  struct forward *f = &s->forward;
  uint32_t more;
  switch (type) {
    case DATA:
      if (!sink_take(&f->in, p->at, p->left)) reset(s, true);
      return;
    case END:
      f->in.ended = true;
      return;
    case CLOSE:
      s->is_dead = true;
      return;
    case CREDIT:
      more = take_u32(p);
      if (p->bad || more > WINDOW_OUT - f->out.credit) violation("CREDIT");
      f->out.credit += more;
      return;
    default:
      violation("no frame of a connection");
  }
}

static void watch_splice(struct stream *s) {
  for (uint8_t i = 0; i < 2; i++) {
    struct splice_side *side = &s->sides[i], *other = &s->sides[1 - i];
    short events = 0;
    if (!side->is_read_over && side->length == 0) events |= POLLIN;
    if (other->length > 0) events |= POLLOUT;
    if (events) watch(side->fd, events, s, i);
  }
}

void forward_watch(struct stream *s) {
  if (s->kind == SPLICE) return watch_splice(s);
  struct forward *f = &s->forward;
  if (!f->said_end && source_wants(&f->out)) watch(f->out.fd, POLLIN, s, 0);
  if (f->in.length > 0) watch(f->in.fd, POLLOUT, s, 1);
}

// What came in at `side` goes out at `other`.
static bool copy(struct splice_side *side, struct splice_side *other) {
  if (side->length == 0 && !side->is_read_over) {
    if (!side->buffer) side->buffer = malloc(COPY);
    if (!side->buffer) return false;
    ssize_t n = recv(side->fd, side->buffer, COPY, MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return false;
    side->at = 0;
    side->length = n > 0 ? (uint32_t)n : 0;
    side->is_read_over = n == 0;
  }
  while (side->length > 0) {
    ssize_t n = send(other->fd, side->buffer + side->at, side->length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    side->at += (uint32_t)n;
    side->length -= (uint32_t)n;
  }
  free(side->buffer);
  side->buffer = NULL;
  if (side->is_read_over && !other->is_write_over) {
    shutdown(other->fd, SHUT_WR);
    other->is_write_over = true;
  }
  return true;
}

void forward_event(struct stream *s, uint8_t slot, short events) {
  if (s->kind == SPLICE) {
    struct splice_side *side = &s->sides[slot], *other = &s->sides[1 - slot];
    if (events & (POLLIN | POLLHUP | POLLERR) && !copy(side, other)) s->is_dead = true;
    if (events & (POLLOUT | POLLERR) && !s->is_dead && other->length > 0 && !copy(other, side)) s->is_dead = true;
    if (side->is_write_over && other->is_write_over) s->is_dead = true;
    return;
  }
  struct forward *f = &s->forward;
  if (slot == 0) f->out.ready = true;
  if (slot == 1 && !sink_flush(&f->in)) reset(s, true);
}

bool forward_advance(struct stream *s) {
  if (s->kind == SPLICE) return false;
  struct forward *f = &s->forward;
  sink_credit(&f->in, s->id);
  if (f->in.ended && f->in.length == 0 && !f->peer_ended) {
    shutdown(f->in.fd, SHUT_WR);
    f->peer_ended = true;
  }
  if (!f->said_end) source_pump(&f->out, s->id);
  if (f->out.fd < 0 && !f->said_end && wire_room() >= SMALL) {
    wire_send(END, s->id, NULL, 0);
    f->said_end = true;
  }
  if (f->said_end && f->peer_ended) s->is_dead = true;
  return false;
}

void forward_free(struct stream *s) {
  open_count--;
  if (s->kind == SPLICE) {
    for (int i = 0; i < 2; i++) {
      close(s->sides[i].fd);
      free(s->sides[i].buffer);
    }
    return;
  }
  source_close(&s->forward.out);
  sink_drop(&s->forward.in);
  if (s->forward.in.fd >= 0) close(s->forward.in.fd);
}
