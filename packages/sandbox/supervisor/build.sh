#!/bin/sh
# Builds the supervisor: `build.sh OUTPUT`. CC (musl-gcc where there is one, else cc) and EXTRA_CFLAGS come from the environment.
# Needs a C compiler and a static C library: nothing else, no network. Debian: `gcc libc6-dev`, or `gcc musl-tools` for a smaller one.
set -eu
output=${1:?usage: build.sh OUTPUT}
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${CC:-}" ]; then
  if command -v musl-gcc >/dev/null 2>&1; then CC=musl-gcc; else CC=cc; fi
fi
# shellcheck disable=SC2086
exec $CC -std=gnu11 -O2 -static -Wall -Wextra -Werror -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
  -ffunction-sections -fdata-sections -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack \
  ${EXTRA_CFLAGS:--s} "$here"/*.c -o "$output"
