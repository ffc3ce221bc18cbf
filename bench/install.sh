#!/bin/sh
# Puts in place what the bench starts: the tests' real servers and wrk, which makes the load.
# As root on Debian it installs what is missing; elsewhere it says what to install.
set -eu

"$(dirname "$0")/../tests/servers/install.sh"
command -v wrk >/dev/null 2>&1 && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The bench makes its load with wrk. Please install Debian's wrk package (or its like)." >&2
    exit 1
fi
echo "Installing for the bench: wrk"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends wrk >/dev/null
