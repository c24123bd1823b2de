#!/bin/sh
# Builds counter.wasm into the folder $1: clang and its linker are all it takes.
set -eu
clang --target=wasm32 -O2 -ffreestanding -nostdlib -Wall -Wextra -Werror \
    -Wl,--no-entry -Wl,--export=__heap_base -Wl,-zstack-size=16384 -Wl,--strip-debug \
    -o "$1/counter.wasm" "$(dirname "$0")/counter.c"
