#!/bin/sh
# Puts in place the real servers that the tests start: PostgreSQL, a Java runtime with Maven (for Apache Kafka) and Chromium.
# As root on Debian it installs what is missing; elsewhere it says what to install.
set -eu

missing=""
need() { # need COMMAND-OR-GLOB PACKAGE
    command -v "$1" >/dev/null 2>&1 || ls $1 >/dev/null 2>&1 || missing="$missing $2"
}
need '/usr/lib/postgresql/*/bin/initdb' postgresql
need java default-jre-headless
need mvn maven
need chromium chromium
need openssl openssl
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests start real servers. Please install these Debian packages (or their like):$missing" >&2
    exit 1
fi
echo "Installing for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# The tests start servers of their own: none is to be created or started by the packages.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
# Word splitting is meant: a list of packages.
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
