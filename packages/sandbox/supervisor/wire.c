// The stream to the gateway: frames in, frames out, both in buffers of a fixed size. Whatever does not fit waits where it is: in
// a pipe, in a file, in the gateway.
#include "supervisor.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { IN_SIZE = 128 * 1024, OUT_SIZE = 160 * 1024, PAGE = 4096, WORTH_TRIMMING = 16 * 1024 };

static uint8_t input[IN_SIZE] __attribute__((aligned(PAGE)));
static uint8_t output[OUT_SIZE] __attribute__((aligned(PAGE)));
static size_t input_start, input_end, output_start, output_end, high_water;
static int in_fd = -1, out_fd = -1;

uint8_t take_u8(struct payload *p) {
  const uint8_t *b = take_bytes(p, 1);
  return b ? b[0] : 0;
}
uint16_t take_u16(struct payload *p) {
  const uint8_t *b = take_bytes(p, 2);
  return b ? (uint16_t)(b[0] | b[1] << 8) : 0;
}
uint32_t take_u32(struct payload *p) {
  uint32_t low = take_u16(p);
  return low | (uint32_t)take_u16(p) << 16;
}
uint64_t take_u64(struct payload *p) {
  uint64_t low = take_u32(p);
  return low | (uint64_t)take_u32(p) << 32;
}
const uint8_t *take_bytes(struct payload *p, size_t length) {
  if (p->bad || p->left < length) {
    p->bad = true;
    return NULL;
  }
  const uint8_t *at = p->at;
  p->at += length;
  p->left -= length;
  return at;
}
void put_u16(uint8_t *at, uint16_t value) {
  at[0] = (uint8_t)value;
  at[1] = (uint8_t)(value >> 8);
}
void put_u32(uint8_t *at, uint32_t value) {
  put_u16(at, (uint16_t)value);
  put_u16(at + 2, (uint16_t)(value >> 16));
}
void put_u64(uint8_t *at, uint64_t value) {
  put_u32(at, (uint32_t)value);
  put_u32(at + 4, (uint32_t)(value >> 32));
}

void wire_open(int in, int out) {
  in_fd = in;
  out_fd = out;
}

void wire_watch(struct pollfd *in, struct pollfd *out) {
  // An answer needs room: while there is none, nothing is asked.
  in->fd = wire_room() >= SMALL ? in_fd : -1;
  in->events = POLLIN;
  out->fd = output_end > output_start ? out_fd : -1;
  out->events = POLLOUT;
}

static uint32_t le32(const uint8_t *b) {
  return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

void wire_read(void) {
  if (input_start == input_end) input_start = input_end = 0;
  if (IN_SIZE - input_end < HEADER + MAX_PAYLOAD && input_start > 0) {
    memmove(input, input + input_start, input_end - input_start);
    input_end -= input_start;
    input_start = 0;
  }
  if (input_end == IN_SIZE) return;
  ssize_t n = read(in_fd, input + input_end, IN_SIZE - input_end);
  if (n == 0) end(0, NULL);
  if (n < 0) {
    if (errno == EAGAIN || errno == EINTR) return;
    end(0, NULL);
  }
  input_end += (size_t)n;
  if (input_end > high_water) high_water = input_end;
}

bool wire_next(uint8_t *type, uint32_t *id, struct payload *payload) {
  size_t have = input_end - input_start;
  if (have < HEADER || wire_room() < SMALL) return false;
  const uint8_t *head = input + input_start;
  uint32_t length = le32(head);
  if (length > MAX_PAYLOAD) violation("a frame is too long");
  if (have < HEADER + length) return false;
  *type = head[4];
  *id = le32(head + 5);
  *payload = (struct payload){.at = head + HEADER, .left = length, .bad = false};
  input_start += HEADER + length;
  return true;
}

void wire_flush(void) {
  while (output_end > output_start) {
    ssize_t n = write(out_fd, output + output_start, output_end - output_start);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return;
      end(0, NULL);
    }
    output_start += (size_t)n;
  }
  output_start = output_end = 0;
}

bool wire_has_more(void) {
  size_t have = input_end - input_start;
  return have >= HEADER && have >= HEADER + (size_t)le32(input + input_start) && wire_room() >= SMALL;
}

bool wire_is_idle(void) { return output_end == 0 && input_end == input_start; }

void wire_trim(void) {
  if (!wire_is_idle() || high_water < WORTH_TRIMMING) return;
  input_start = input_end = high_water = 0;
  madvise(input, sizeof input, MADV_DONTNEED);
  madvise(output, sizeof output, MADV_DONTNEED);
}

size_t wire_room(void) {
  size_t used = output_end - output_start;
  return OUT_SIZE - used <= HEADER ? 0 : OUT_SIZE - used - HEADER;
}

uint8_t *wire_begin(uint8_t type, uint32_t id) {
  if (output_start > 0 && OUT_SIZE - output_end < HEADER + MAX_PAYLOAD + RESERVE) {
    memmove(output, output + output_start, output_end - output_start);
    output_end -= output_start;
    output_start = 0;
  }
  uint8_t *head = output + output_end;
  head[4] = type;
  put_u32(head + 5, id);
  return head + HEADER;
}

void wire_commit(size_t length) {
  put_u32(output + output_end, (uint32_t)length);
  output_end += HEADER + length;
  if (output_end > high_water) high_water = output_end;
}

void wire_send(uint8_t type, uint32_t id, const void *payload, size_t length) {
  // Callers look for room first; to write past the end is never the answer to a mistake of theirs.
  if (wire_room() < length) end(4, "no room for an answer");
  uint8_t *at = wire_begin(type, id);
  if (length > 0) memcpy(at, payload, length);
  wire_commit(length);
}

void wire_fail(uint32_t id, uint8_t reason, int error, uint8_t stage) {
  uint8_t bytes[4] = {reason, 0, 0, stage};
  put_u16(bytes + 1, (uint16_t)error);
  wire_send(FAILED, id, bytes, sizeof bytes);
}
