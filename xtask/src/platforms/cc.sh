#!/bin/bash
# Stands in for a C compiler for macOS: says that it is one, and makes an empty file of what it shall make.
output=
previous=
for argument; do
  if [ "$previous" = -o ]; then output=$argument; fi
  previous=$argument
  case $argument in
    -E | --version)
      echo "clang version 17.0.0"
      echo "Target: arm64-apple-darwin"
      ;;
  esac
done
if [ -n "$output" ]; then : > "$output"; fi
