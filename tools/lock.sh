#!/usr/bin/env bash
# Writes requirements/*.lock from pyproject.toml: exact versions with hashes, and no host, so that
# plain pip installs them from whatever index it is set to.
set -euo pipefail
cd "$(dirname "$0")/.."

.venv/bin/pip install -q 'uv==0.13.*'
# uv's own lock file holds the addresses of files, which would tie it to one index: it stays out.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp pyproject.toml README.md LICENSE "$work"
lock() {
    local to=$1
    shift
    .venv/bin/uv export -q --directory "$work" --python 3.11 --no-emit-project --no-header \
        --no-annotate --no-default-groups "$@" > "requirements/$to.lock"
}
.venv/bin/uv lock -q --directory "$work" --python 3.11
lock base --frozen --group build
lock all --frozen --group build --group dev
