// Paths beneath roots. Every descriptor that comes out of here was reached from a root's own descriptor, through nothing that
// leads out: by openat2 where the kernel lets us, else one component after another, where no link is followed at all.
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// Numbers of the kernel's own, the same on every architecture; musl-gcc sees no kernel headers.
enum { OPENAT2 = 437, NO_MAGIC_LINKS = 0x02, NO_SYMLINKS = 0x04, BENEATH = 0x08, TRIES = 64 };
struct how {
  uint64_t flags, mode, resolve;
};

struct root roots[MAX_ROOTS];
unsigned root_count;
bool has_openat2;

static int openat2(int directory, const char *path, int flags, uint64_t resolve) {
  struct how how = {.flags = (uint64_t)(unsigned)flags, .resolve = resolve};
  int fd = -1;
  // EAGAIN: somebody renames while the kernel looks. It is not beaten for ever.
  for (int i = 0; i < TRIES && fd < 0 && (i == 0 || errno == EAGAIN); i++)
    fd = (int)syscall(OPENAT2, directory, path, &how, sizeof how);
  return fd;
}

void probe_openat2(void) {
  int fd = openat2(AT_FDCWD, ".", O_PATH | O_CLOEXEC, BENEATH | NO_MAGIC_LINKS);
  has_openat2 = fd >= 0;
  if (fd >= 0) close(fd);
}

void roots_open(struct payload *p) {
  root_count = take_u8(p);
  if (root_count > MAX_ROOTS) violation("too many roots");
  for (unsigned i = 0; i < root_count; i++) {
    roots[i].is_writable = take_u8(p) & 1;
    size_t length = take_u16(p);
    const uint8_t *bytes = take_bytes(p, length);
    if (!bytes || length == 0 || bytes[0] != '/' || memchr(bytes, 0, length)) violation("a root");
    char *path = calloc(length + 1, 1);
    if (!path) end(4, "no memory");
    memcpy(path, bytes, length);
    // One that is not there stays closed: every path beneath it is missing.
    roots[i].fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(path);
  }
  if (p->bad || p->left > 0) violation("WELCOME");
}

// The next component of a path, ended by a zero in `name`; false when there is none.
static bool component(const char **path, char name[256]) {
  size_t length = strcspn(*path, "/");
  if (length == 0) return false;
  if (length > 255) {
    errno = ENAMETOOLONG;
    return false;
  }
  memcpy(name, *path, length);
  name[length] = 0;
  *path += length + ((*path)[length] == '/');
  return true;
}

static bool is_plain(const char *path) {
  char name[256];
  const char *rest = path;
  errno = EINVAL;
  if (*path == 0) return true;
  if (*path == '/' || path[strlen(path) - 1] == '/') return false;
  while (*rest) {
    if (!component(&rest, name)) return false;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) return false;
  }
  return true;
}

// From `at`, which it closes unless it is the root's, one component after another. `make` makes what is missing.
static int walk(int root, const char *path, int last_flags, bool make) {
  int at = root;
  char name[256];
  while (*path) {
    if (!component(&path, name)) break;
    bool is_last = *path == 0;
    int flags = (is_last ? last_flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC;
    int next = openat(at, name, flags);
    if (next < 0 && errno == ENOENT && make && (mkdirat(at, name, 0755) == 0 || errno == EEXIST))
      next = openat(at, name, flags);
    // ENOTDIR is what O_DIRECTORY says of a link: the difference is worth a word to whoever asked.
    if (next < 0 && errno == ENOTDIR) {
      struct stat what;
      bool is_link = fstatat(at, name, &what, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(what.st_mode);
      errno = is_link ? ELOOP : ENOTDIR;
    }
    int error = errno;
    if (at != root) close(at);
    errno = error;
    if (next < 0) return -1;
    at = next;
  }
  return at == root ? openat(root, ".", last_flags | O_CLOEXEC) : at;
}

static bool root_is_open(unsigned root, const char *path) {
  if (root >= root_count) violation("no such root");
  if (!is_plain(path)) return false;
  errno = ENOENT;
  return roots[root].fd >= 0;
}

int open_beneath(unsigned root, const char *path, int flags) {
  if (!root_is_open(root, path)) return -1;
  if (!has_openat2) return walk(roots[root].fd, path, flags, false);
  return openat2(roots[root].fd, *path ? path : ".", flags | O_CLOEXEC, BENEATH | NO_MAGIC_LINKS);
}

int open_parent(unsigned root, const char *path, bool make, const char **name) {
  if (!root_is_open(root, path)) return -1;
  errno = EISDIR;
  if (*path == 0) return -1;
  errno = EROFS;
  if (!roots[root].is_writable) return -1;
  const char *slash = strrchr(path, '/');
  *name = slash ? slash + 1 : path;
  char parent[4096] = "";
  errno = ENAMETOOLONG;
  if (slash && (size_t)(slash - path) >= sizeof parent) return -1;
  if (slash) memcpy(parent, path, (size_t)(slash - path));
  int flags = O_PATH | O_DIRECTORY;
  int fd = -1;
  if (has_openat2) {
    fd = openat2(roots[root].fd, *parent ? parent : ".", flags | O_CLOEXEC, BENEATH | NO_MAGIC_LINKS | NO_SYMLINKS);
    if (fd >= 0 || errno != ENOENT || !make) return fd;
  }
  return walk(roots[root].fd, parent, flags, make);
}

uint8_t reason_of(int error) {
  switch (error) {
    case ENOENT:
      return MISSING;
    // Without `..` in paths, only a link leads out of a root.
    case EXDEV:
    case ELOOP:
    case EMLINK:
      return LINK;
    case ENOTDIR:
    case EISDIR:
    case ENXIO:
    case ENOTEMPTY:
    case EMEDIUMTYPE:
      return KIND;
    case EFBIG:
    case EOVERFLOW:
      return TOO_LARGE;
    case EEXIST:
    case ESTALE:
    case EAGAIN:
      return CHANGED;
    case EROFS:
      return READ_ONLY;
    case ENOSPC:
    case EDQUOT:
      return FULL;
    default:
      return DENIED;
  }
}
