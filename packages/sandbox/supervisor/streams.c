// The table of streams. Ids are the gateway's (or, with the high bit, ours) and never come twice.
#include "supervisor.h"

#include <stdlib.h>

struct stream *streams[MAX_STREAMS];
unsigned stream_count;

struct stream *stream_new(uint32_t id, uint8_t kind) {
  if (stream_count == MAX_STREAMS) return NULL;
  struct stream *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->id = id;
  s->kind = kind;
  streams[stream_count++] = s;
  return s;
}

struct stream *stream_find(uint32_t id) {
  for (unsigned i = 0; i < stream_count; i++)
    if (streams[i]->id == id && streams[i]->kind != SPLICE && !streams[i]->is_dead) return streams[i];
  return NULL;
}

static void stream_free(struct stream *s) {
  switch (s->kind) {
    case COMMAND:
      command_free(s);
      break;
    case READER:
    case WRITER:
    case LISTER:
      file_free(s);
      break;
    case FORWARD:
    case SPLICE:
      forward_free(s);
      break;
  }
  free(s);
}

void streams_sweep(void) {
  unsigned kept = 0;
  for (unsigned i = 0; i < stream_count; i++) {
    if (streams[i]->is_dead)
      stream_free(streams[i]);
    else
      streams[kept++] = streams[i];
  }
  stream_count = kept;
}
