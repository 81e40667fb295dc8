#!/bin/sh
# Starts Chromium with its DevTools on standard input and output: JSON messages, each ended by a NUL byte. Its own chatter goes to
# standard error. Arguments are added to Chromium's. The container is the sandbox: Chromium's own needs what no container gets.
exec 3<&0 4>&1 1>&2 </dev/null
profile=$(mktemp -d /tmp/browser.XXXXXX)
export HOME="$profile" XDG_CONFIG_HOME="$profile" XDG_CACHE_HOME="$profile"
exec /usr/lib/chromium/chromium \
  --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-zygote \
  --remote-debugging-pipe --user-data-dir="$profile" --no-first-run --no-default-browser-check \
  --disable-background-networking --disable-component-update --disable-sync --disable-extensions --disable-breakpad \
  --disable-features=MediaRouter,OptimizationHints,Translate --log-level=3 \
  "$@"
