#!/usr/bin/env bash
# No contract breaks: held against the last release, or, before the first one, against main, or, on main itself, against
# the commit before.
set -euo pipefail
cd "$(dirname "$0")/.."
head=$(git rev-parse HEAD)
base=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || true)
if [ -z "$base" ]; then
  main=$(git rev-parse --verify --quiet origin/main || git rev-parse --verify --quiet main || true)
  base=$(git merge-base HEAD "${main:-HEAD}" 2>/dev/null || echo "$head")
  if [ "$(git rev-parse "$base")" = "$head" ]; then base=$(git rev-parse --verify --quiet HEAD~1 || echo "$head"); fi
fi
echo "against $(git rev-parse --short "$base")"
old=$(mktemp -d)
trap 'rm -rf "$old"' EXIT
git archive "$base" proto | tar -x -C "$old"
npx -y pnpm@12 exec buf breaking proto --against "$old/proto"
