// Listens where process 1 waits for its bridge, and says whatever came: `impostor`.
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  memcpy(at.sun_path + 1, "clawd-bridge", 12);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&at, offsetof(struct sockaddr_un, sun_path) + 13) < 0) return 1;
  if (listen(listener, 1) < 0) return 1;
  (void)!write(1, "waiting\n", 8);
  int fd = accept(listener, NULL, NULL);
  (void)!write(fd, "a lie", 5);
  char heard[64];
  for (ssize_t n; (n = read(fd, heard, sizeof heard)) > 0;) (void)!write(1, heard, (size_t)n);
  return 0;
}
