#!/usr/bin/env bash
# Plays recorded exchanges with providers to a mesh: those beside the project, or at FAIRLEAD_DATA; without them the project's
# own samples. Fails when a recording comes out other than it was recorded.
set -uo pipefail
cd "$(dirname "$0")/.."
folder=${FAIRLEAD_DATA:-../shared/data}/wire
if [ ! -d "$folder" ]; then
  echo "-- no recordings at $folder: only the project's own samples are played"
  folder=test/recorded/samples
fi
# Node 24 of the workspace, whatever the machine's own is.
PATH="$PWD/node_modules/.bin:$PATH" exec timeout 600 node test/recorded/main.ts "$folder"
