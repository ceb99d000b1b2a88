#!/bin/sh
# Pins the requirements of pyproject.toml anew, exactly and with hashes, for every platform and Python >= 3.11.
set -eu

cd "$(dirname "$0")/.."
uv=var/uv/bin/uv
[ -x $uv ] || { "${PYTHON:-python3}" -m venv var/uv && var/uv/bin/pip install --quiet --disable-pip-version-check uv; }

pin() { # pin FILE [UV OPTIONS]; uv's own lock file is not kept, since it holds addresses
    file=requirements/$1.txt
    shift
    $uv pip compile pyproject.toml "$@" --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file "$file"
}

pin run
pin oidc --extra oidc --constraint requirements/run.txt
pin test --extra oidc --extra test --constraint requirements/run.txt
pin bench --extra oidc --extra test --extra bench --constraint requirements/test.txt
