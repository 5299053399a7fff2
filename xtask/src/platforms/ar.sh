#!/bin/bash
# Stands in for an archiver for macOS: makes an empty archive.
for argument; do
  case $argument in
    *.a) printf '!<arch>\n' > "$argument" ;;
  esac
done
