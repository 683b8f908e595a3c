#!/usr/bin/env bash
# Sees to what building and testing need besides Rust. On Debian, as root, it installs what is missing; elsewhere it names it.
set -euo pipefail
cd "$(dirname "$0")/.."

has() { command -v "$1" >/dev/null 2>&1; }
compiles() { has cc && printf '#include <stdio.h>\n' | cc -E -x c - >/dev/null 2>&1; }
makes_venvs() { has python3 && python3 -c 'import ensurepip, venv' >/dev/null 2>&1; }

has_postgres() { has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

if ! has cargo; then
    echo "deps: cargo is missing: install Rust with rustup; rust-toolchain.toml names the version" >&2
    exit 1
fi

# None of these packages is to start a service.
missing=()
compiles || missing+=(gcc libc6-dev)
has git || missing+=(git)
has make || missing+=(make)
has curl || missing+=(curl)
has jq || missing+=(jq) # docs/tour.md is walked with it
has_postgres || missing+=(postgresql)
[ ! -f tests/requirements.txt ] || makes_venvs || missing+=(python3 python3-venv)

if [ "${#missing[@]}" -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && has apt-get; then
        echo "deps: installing ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        # Tests start servers of their own; the package shall neither make nor start one.
        if ! has_postgres && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
            mkdir -p /etc/postgresql-common
            echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
        fi
        apt-get update -qq
        apt-get install -qq --yes --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}" >/dev/null
    else
        echo "deps: please install (names as in Debian): ${missing[*]}" >&2
        exit 1
    fi
fi

# Python packages that tests compare with, in an environment of their own.
venv=.tools/python
python_packages() {
    [ -f tests/requirements.txt ] || return 0
    cmp -s tests/requirements.txt "$venv/requirements.txt" && "$venv/bin/python3" -c '' 2>/dev/null && return 0
    echo "deps: installing tests/requirements.txt into $venv"
    rm -rf "$venv" &&
        python3 -m venv "$venv" &&
        "$venv/bin/python3" -m pip install --quiet --disable-pip-version-check --requirement tests/requirements.txt &&
        cp tests/requirements.txt "$venv/requirements.txt"
}

if ! python_packages; then
    if [ "${LITOPYS_NO_SKIP:-}" = 1 ]; then
        echo "deps: the Python packages are missing, and LITOPYS_NO_SKIP=1 forbids doing without" >&2
        exit 1
    fi
    echo "deps: doing without the Python packages; tests that need them will be skipped" >&2
fi
