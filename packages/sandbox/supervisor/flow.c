// Bytes between descriptors and the gateway, at the pace of whoever is slower.
#include "supervisor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LEAST_PIECE = 4096, CREDIT_STEP = WINDOW_IN / 4 };

bool source_wants(const struct source *source) {
  return source->fd >= 0 && source->credit > 0 && wire_room() >= RESERVE + LEAST_PIECE;
}

void source_close(struct source *source) {
  if (source->fd >= 0) close(source->fd);
  source->fd = -1;
}

bool source_pump(struct source *source, uint32_t id) {
  if (!source->ready || !source_wants(source)) return false;
  source->ready = false;
  size_t most = wire_room() - RESERVE;
  if (most > MAX_PAYLOAD) most = MAX_PAYLOAD;
  if (most > source->credit) most = source->credit;
  if (source->left >= 0 && most > (uint64_t)source->left) most = (size_t)source->left;
  if (most == 0) {
    source_close(source);
    return true;
  }
  ssize_t n = read(source->fd, wire_begin(source->type, id), most);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
    // Asked for what it holds, and it holds nothing: whoever keeps it open is not waited for.
    if (source->left >= 0) source_close(source);
    return source->left >= 0;
  }
  // EIO is how a terminal ends.
  if (n <= 0) {
    source_close(source);
    return true;
  }
  wire_commit((size_t)n);
  source->credit -= (uint32_t)n;
  if (source->left >= 0) source->left -= n;
  return true;
}

void sink_drop(struct sink *sink) {
  free(sink->queue);
  sink->queue = NULL;
  sink->at = sink->length = 0;
}

static ssize_t sink_write(struct sink *sink, const uint8_t *bytes, size_t length) {
  ssize_t n = sink->is_socket ? send(sink->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT)
                              : write(sink->fd, bytes, length);
  if (n >= 0) sink->owed += (uint32_t)n;
  return n;
}

bool sink_take(struct sink *sink, const uint8_t *bytes, size_t length) {
  if (length > sink->window || sink->ended) violation("more than its credit, or after its end");
  sink->window -= (uint32_t)length;
  if (sink->fd < 0) return true;
  if (sink->length == 0) {
    ssize_t n = sink_write(sink, bytes, length);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (n > 0) {
      bytes += n;
      length -= (size_t)n;
    }
  }
  if (length == 0) return true;
  // The window bounds what can be here: at + length never passes WINDOW_IN once moved down.
  if (!sink->queue) sink->queue = malloc(WINDOW_IN);
  if (!sink->queue) end(4, "no memory");
  if (sink->at > 0) {
    memmove(sink->queue, sink->queue + sink->at, sink->length);
    sink->at = 0;
  }
  memcpy(sink->queue + sink->length, bytes, length);
  sink->length += (uint32_t)length;
  return true;
}

bool sink_flush(struct sink *sink) {
  while (sink->fd >= 0 && sink->length > 0) {
    ssize_t n = sink_write(sink, sink->queue + sink->at, sink->length);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    sink->at += (uint32_t)n;
    sink->length -= (uint32_t)n;
  }
  if (sink->length == 0) sink_drop(sink);
  return true;
}

void sink_credit(struct sink *sink, uint32_t id) {
  if (sink->owed == 0 || (sink->length > 0 && sink->owed < CREDIT_STEP) || wire_room() < SMALL) return;
  uint8_t bytes[4];
  put_u32(bytes, sink->owed);
  sink->window += sink->owed;
  sink->owed = 0;
  wire_send(CREDIT, id, bytes, sizeof bytes);
}
