#!/bin/sh
# Starts Chromium with its DevTools on standard input and output: JSON messages, each ended by a NUL byte. Its own chatter goes to
# standard error. Arguments are added to Chromium's; a first one that names a profile is the directory that is made for it. The
# container is the sandbox: Chromium's own needs what no container gets.
exec 3<&0 4>&1 1>&2 </dev/null
umask 077
case "${1-}" in
  --user-data-dir=*) profile=${1#*=}; shift; mkdir "$profile" ;;
  *) profile=$(mktemp -d /tmp/browser.XXXXXX) ;;
esac || exit 1
export HOME="$profile" TMPDIR="$profile" XDG_CONFIG_HOME="$profile" XDG_CACHE_HOME="$profile"
# A hello that hides which server it is meant for is refused by the proxy, which is the only way out; by UDP there is none.
mkdir "$profile/Default"
echo '{"ssl":{"ech_enabled":false}}' >"$profile/Local State"
echo '{"webrtc":{"ip_handling_policy":"disable_non_proxied_udp"},"signin":{"allowed":false}}' >"$profile/Default/Preferences"
exec /usr/lib/chromium/chromium \
  --headless=new --no-sandbox --no-zygote --disable-gpu --disable-dev-shm-usage \
  --remote-debugging-pipe --user-data-dir="$profile" --no-first-run --no-default-browser-check \
  --disable-background-networking --disable-component-update --disable-sync --disable-extensions --disable-breakpad \
  --log-level=3 \
  "$@"
