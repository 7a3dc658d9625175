#!/usr/bin/env bash
# The committed code of libs/contracts is what the contracts generate.
set -euo pipefail
cd "$(dirname "$0")/.."
npx -y pnpm@12 generate
if [ -n "$(git status --porcelain -- libs/contracts/src)" ]; then
  git --no-pager diff --stat -- libs/contracts/src
  echo "libs/contracts/src is not what proto generates: run pnpm generate and commit"
  exit 1
fi
