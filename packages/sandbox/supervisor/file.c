// Files: each operation works on descriptors that path.c gave, never on a path. What is read is streamed; what is written goes to
// a new file beside the old one and takes its name at the end, or never.
#include "supervisor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
  EXPECT_NOTHING,
  EXPECT_ABSENT,
  EXPECT_VERSION,
  STATUS_BYTES = 5 + VERSION_BYTES,
  PIECE = 64 * 1024,
  NAMES = 4096,
  MAX_LIST = 20000,
  NO_REPLACE = 1,
};

static char path_buffer[4096];

// The rest of the payload as a path; NULL when it is too long or holds a zero.
static const char *take_path(uint32_t id, struct payload *p) {
  if (p->bad) violation("a file request");
  if (p->left >= sizeof path_buffer || memchr(p->at, 0, p->left)) {
    wire_fail(id, DENIED, ENAMETOOLONG, 0);
    return NULL;
  }
  memcpy(path_buffer, p->at, p->left);
  path_buffer[p->left] = 0;
  return path_buffer;
}

static uint8_t kind_of(mode_t mode) {
  return S_ISREG(mode) ? 1 : S_ISDIR(mode) ? 2 : S_ISLNK(mode) ? 3 : 4;
}

static uint64_t nanoseconds(struct timespec at) {
  return (uint64_t)at.tv_sec * 1000000000 + (uint64_t)at.tv_nsec;
}

static void version_of(const struct stat *what, uint8_t version[VERSION_BYTES]) {
  put_u64(version, what->st_dev);
  put_u64(version + 8, what->st_ino);
  put_u64(version + 16, (uint64_t)what->st_size);
  put_u64(version + 24, nanoseconds(what->st_mtim));
  put_u64(version + 32, nanoseconds(what->st_ctim));
}

static void send_status(uint32_t id, const struct stat *what) {
  uint8_t bytes[STATUS_BYTES];
  bytes[0] = kind_of(what->st_mode);
  put_u32(bytes + 1, what->st_mode);
  version_of(what, bytes + 5);
  wire_send(STATUS, id, bytes, sizeof bytes);
}

static void send_failure(uint32_t id, int error) { wire_fail(id, reason_of(error), error, 0); }

void file_stat(uint32_t id, struct payload *p) {
  uint8_t root = take_u8(p);
  const char *path = take_path(id, p);
  if (!path) return;
  struct stat what;
  int fd = open_beneath(root, path, O_PATH | O_NOFOLLOW);
  if (fd < 0 || fstat(fd, &what) < 0)
    send_failure(id, errno);
  else
    send_status(id, &what);
  if (fd >= 0) close(fd);
}

void file_read(uint32_t id, struct payload *p) {
  uint8_t root = take_u8(p);
  bool is_whole = take_u8(p) & 1;
  uint64_t offset = take_u64(p), most = take_u64(p);
  const char *path = take_path(id, p);
  if (!path) return;
  struct stat what;
  // O_NONBLOCK: a FIFO that nobody writes to opens at once, and is refused as no file.
  int fd = open_beneath(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  int error = fd < 0 || fstat(fd, &what) < 0                ? errno
              : !S_ISREG(what.st_mode)                      ? EISDIR
              : is_whole && (uint64_t)what.st_size > most   ? EFBIG
              : offset > INT64_MAX                          ? EOVERFLOW
              : lseek(fd, (off_t)offset, SEEK_SET) < 0      ? errno
                                                            : 0;
  struct stream *s = error == 0 ? stream_new(id, READER) : NULL;
  if (!s) {
    if (fd >= 0) close(fd);
    send_failure(id, error == 0 ? EMFILE : error);
    return;
  }
  s->reader = (struct reader){.fd = fd, .left = most, .credit = WINDOW_OUT};
  send_status(id, &what);
}

static bool read_on(struct stream *s) {
  struct reader *r = &s->reader;
  size_t most = r->left < PIECE ? (size_t)r->left : PIECE;
  if (wire_room() < RESERVE + SMALL || (r->credit == 0 && most > 0)) return false;
  if (most > wire_room() - RESERVE) most = wire_room() - RESERVE;
  if (most > r->credit) most = r->credit;
  ssize_t n = most == 0 ? 0 : read(r->fd, wire_begin(DATA, s->id), most);
  if (n > 0) {
    wire_commit((size_t)n);
    r->left -= (uint64_t)n;
    r->credit -= (uint32_t)n;
    return true;
  }
  if (n < 0)
    send_failure(s->id, errno);
  else
    wire_send(DONE, s->id, "", 1);
  s->is_dead = true;
  return true;
}

void file_list(uint32_t id, struct payload *p) {
  uint8_t root = take_u8(p);
  uint32_t limit = take_u32(p);
  const char *path = take_path(id, p);
  if (!path) return;
  int fd = open_beneath(root, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  int error = errno;
  struct stream *s = fd < 0 ? NULL : stream_new(id, LISTER);
  if (!s) {
    if (fd >= 0) close(fd);
    send_failure(id, fd < 0 ? error : EMFILE);
    return;
  }
  s->lister = (struct lister){.fd = fd, .left = limit < MAX_LIST ? limit : MAX_LIST, .credit = WINDOW_OUT};
}

struct entry64 {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
};

// Entries as they come, each with its kind and size: u8 kind, u64 size, u16 length, name.
static bool list_on(struct stream *s) {
  struct lister *l = &s->lister;
  if (wire_room() < RESERVE + 2 * NAMES || (!l->is_over && l->credit < 2 * NAMES)) return false;
  if (l->is_over) {
    uint8_t is_cut = l->is_cut;
    wire_send(DONE, s->id, &is_cut, 1);
    s->is_dead = true;
    return true;
  }
  _Alignas(8) char names[NAMES];
  long n = syscall(SYS_getdents64, l->fd, names, sizeof names);
  if (n < 0) {
    send_failure(s->id, errno);
    s->is_dead = true;
    return true;
  }
  l->is_over = n == 0;
  uint8_t *at = wire_begin(DATA, s->id);
  size_t used = 0;
  for (long i = 0; i < n;) {
    const struct entry64 *entry = (const struct entry64 *)(names + i);
    i += entry->length;
    struct stat what;
    if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
    if (l->left == 0) {
      l->is_cut = l->is_over = true;
      break;
    }
    if (fstatat(l->fd, entry->name, &what, AT_SYMLINK_NOFOLLOW) < 0) continue;
    size_t length = strlen(entry->name);
    at[used] = kind_of(what.st_mode);
    put_u64(at + used + 1, (uint64_t)what.st_size);
    put_u16(at + used + 9, (uint16_t)length);
    memcpy(at + used + 11, entry->name, length);
    used += 11 + length;
    l->left--;
  }
  if (used > 0) wire_commit(used);
  l->credit -= (uint32_t)used;
  return true;
}

// What stands under the name now, as far as `expect` lets it be replaced; errno otherwise. `what->st_mode` is 0 for nothing.
static int look_at_target(const struct writer *w, struct stat *what) {
  if (fstatat(w->directory, w->name, what, AT_SYMLINK_NOFOLLOW) < 0) {
    what->st_mode = 0;
    return errno != ENOENT ? errno : w->expect == EXPECT_VERSION ? ESTALE : 0;
  }
  if (w->expect == EXPECT_ABSENT) return EEXIST;
  if (S_ISLNK(what->st_mode)) return ELOOP;
  uint8_t version[VERSION_BYTES];
  version_of(what, version);
  if (w->expect == EXPECT_VERSION && memcmp(version, w->version, VERSION_BYTES) != 0) return ESTALE;
  return 0;
}

static bool take_expectation(struct writer *w, struct payload *p) {
  w->expect = take_u8(p);
  if (w->expect > EXPECT_VERSION) return false;
  const uint8_t *version = w->expect == EXPECT_VERSION ? take_bytes(p, VERSION_BYTES) : NULL;
  if (version) memcpy(w->version, version, VERSION_BYTES);
  return !p->bad;
}

static void name_temporary(char name[40]) {
  uint64_t number = 0;
  if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number) number = now_us();
  memcpy(name, ".clawd-", 7);
  for (int i = 0; i < 16; i++) name[7 + i] = "0123456789abcdef"[number >> 4 * i & 15];
  memcpy(name + 23, ".tmp", 5);
}

static int open_writer(struct writer *w, unsigned root, const char *path) {
  const char *name;
  w->directory = open_parent(root, path, true, &name);
  if (w->directory < 0) return errno;
  if (strlen(name) >= sizeof w->name) return ENAMETOOLONG;
  memcpy(w->name, name, strlen(name) + 1);
  struct stat what;
  int error = look_at_target(w, &what);
  if (error != 0) return error;
  if (what.st_mode != 0 && !S_ISREG(what.st_mode)) return EISDIR;
  // Its other name would keep the old bytes: neither replacing nor writing over is what was meant.
  if (what.st_nlink > 1 && what.st_mode != 0) return EMLINK;
  name_temporary(w->temporary);
  w->fd = openat(w->directory, w->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  return w->fd < 0 ? errno : 0;
}

static void close_writer(struct writer *w) {
  if (w->fd >= 0) {
    close(w->fd);
    unlinkat(w->directory, w->temporary, 0);
  }
  if (w->directory >= 0) close(w->directory);
  w->fd = w->directory = -1;
}

void file_write(uint32_t id, struct payload *p) {
  struct writer w = {.fd = -1, .directory = -1};
  uint8_t root = take_u8(p);
  if (!take_expectation(&w, p)) violation("WRITE");
  const char *path = take_path(id, p);
  if (!path) return;
  int error = open_writer(&w, root, path);
  struct stream *s = error == 0 ? stream_new(id, WRITER) : NULL;
  if (!s) {
    close_writer(&w);
    send_failure(id, error == 0 ? EMFILE : error);
    return;
  }
  s->writer = w;
}

static int put_under_name(struct writer *w) {
  struct stat what;
  int error = look_at_target(w, &what);
  if (error != 0) return error;
  if (what.st_mode != 0 && !S_ISREG(what.st_mode)) return EISDIR;
  if (what.st_mode != 0 && what.st_nlink > 1) return EMLINK;
  if (what.st_mode != 0 && fchmod(w->fd, what.st_mode & 0777) < 0) return errno;
  if (w->expect != EXPECT_ABSENT)
    return renameat(w->directory, w->temporary, w->directory, w->name) < 0 ? errno : 0;
  if (syscall(SYS_renameat2, w->directory, w->temporary, w->directory, w->name, NO_REPLACE) == 0) return 0;
  if (errno != ENOSYS && errno != EINVAL && errno != EPERM) return errno;
  if (linkat(w->directory, w->temporary, w->directory, w->name, 0) < 0) return errno;
  unlinkat(w->directory, w->temporary, 0);
  return 0;
}

static void commit(struct stream *s) {
  struct writer *w = &s->writer;
  struct stat what;
  int error = put_under_name(w);
  if (error == 0 && fstat(w->fd, &what) < 0) error = errno;
  if (error == 0) {
    // It has its name: nothing is left to remove.
    close(w->fd);
    w->fd = -1;
    send_status(s->id, &what);
  } else {
    send_failure(s->id, error);
  }
  s->is_dead = true;
}

static void write_on(struct stream *s, struct payload *p) {
  struct writer *w = &s->writer;
  const uint8_t *at = p->at;
  for (size_t left = p->left; left > 0;) {
    ssize_t n = write(w->fd, at, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      send_failure(s->id, n == 0 ? ENOSPC : errno);
      s->is_dead = true;
      return;
    }
    at += n;
    left -= (size_t)n;
  }
  uint8_t bytes[4];
  put_u32(bytes, (uint32_t)p->left);
  if (p->left > 0) wire_send(CREDIT, s->id, bytes, sizeof bytes);
}

void file_frame(struct stream *s, uint8_t type, struct payload *p) {
  if (type == CLOSE) {
    s->is_dead = true;
    return;
  }
  if (s->kind == WRITER && type == DATA) return write_on(s, p);
  if (s->kind == WRITER && type == END) return commit(s);
  uint32_t *credit = s->kind == READER ? &s->reader.credit : s->kind == LISTER ? &s->lister.credit : NULL;
  uint32_t more = take_u32(p);
  if (type != CREDIT || !credit || p->bad || more > WINDOW_OUT - *credit) violation("no frame of a file");
  *credit += more;
}

void file_remove(uint32_t id, struct payload *p) {
  struct writer w = {.fd = -1, .directory = -1};
  uint8_t root = take_u8(p);
  if (!take_expectation(&w, p) || w.expect == EXPECT_ABSENT) violation("REMOVE");
  const char *path = take_path(id, p), *name = NULL;
  if (!path) return;
  struct stat what = {0};
  w.directory = open_parent(root, path, false, &name);
  int error = w.directory < 0 ? errno : strlen(name) >= sizeof w.name ? ENAMETOOLONG : 0;
  if (error == 0) {
    memcpy(w.name, name, strlen(name) + 1);
    error = look_at_target(&w, &what);
  }
  if (error == 0 && what.st_mode == 0) error = ENOENT;
  if (error == 0 && !S_ISREG(what.st_mode) && !S_ISDIR(what.st_mode)) error = EISDIR;
  if (error == 0 && unlinkat(w.directory, w.name, S_ISDIR(what.st_mode) ? AT_REMOVEDIR : 0) < 0) error = errno;
  close_writer(&w);
  if (error != 0)
    send_failure(id, error == EEXIST ? ENOTEMPTY : error);
  else
    wire_send(DONE, id, "", 1);
}

bool file_advance(struct stream *s) {
  if (s->kind == READER) return read_on(s);
  if (s->kind == LISTER) return list_on(s);
  return false;
}

void file_free(struct stream *s) {
  if (s->kind == WRITER) close_writer(&s->writer);
  if (s->kind == READER) close(s->reader.fd);
  if (s->kind == LISTER) close(s->lister.fd);
}
