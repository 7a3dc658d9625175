#!/usr/bin/env bash
# Runs every evaluation command: on the recorded data where it is beside the project, or at FAIRLEAD_DATA; without it only
# those that have samples of their own. Fails when a command fails; prints what it would show a person.
set -uo pipefail
cd "$(dirname "$0")/.."
data=${FAIRLEAD_DATA:-../shared/data}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=0

run() {
  echo "-- $*"
  # Node 24 of the workspace, whatever the machine's own is.
  PATH="$PWD/node_modules/.bin:$PATH" timeout 300 node "$@" || failed=1
}

run eval/analysis.ts --prompts eval/samples/labelled-prompts.jsonl
if [ -d "$data" ]; then
  run eval/analysis.ts --prompts "$data/prompts/arena_hard_v2.jsonl"
  run eval/routing.ts --out "$out" --outcomes "$data/routing/gsm8k.csv"
  run eval/routing.ts --out "$out" --outcomes "$data/routing/mt_bench.csv"
  run eval/routing.ts --out "$out" --outcomes "$data/functions/outcomes.csv"
  run eval/forecast.ts --out "$out" --trace "$data/traces/azure2023_conv.csv"
  run eval/balancing.ts --out "$out" --trace "$data/traces/azure2023_code.csv" --algorithms round_robin,least_response_time --utilisation 0.5
  PATH="$PWD/node_modules/.bin:$PATH" node eval/catalogue-check.ts --prices "$data/prices/prices_all_sources.csv" || failed=1
  for drawn in "$out"/*.svg; do grep -q "</svg>" "$drawn" || { echo "no drawing: $drawn"; failed=1; }; done
else
  echo "-- no recorded data at $data: only the project's own samples were used"
fi
exit "$failed"
