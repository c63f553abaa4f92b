#!/bin/bash
# npm test: types, lint, tests (with the examples), docs, build, package checks. The last line counts everything.
cd "$(dirname "$0")/.." || exit 1
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
passed=0 failed=0

check() { # NAME COMMAND…: one check, its output only when it fails
  local name=$1
  shift
  if "$@" >"$out/log" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $name"
  else
    failed=$((failed + 1))
    echo "FAILED  $name"
    tail -n 60 "$out/log"
  fi
}

check 'types (tsc)' npx tsc --noEmit
check 'lint and format (biome)' npx biome check .
check 'build' npm run --silent build
npx vitest run --reporter=default --reporter=json --outputFile.json="$out/vitest.json" || true
counts=$(node -e 'const r = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")); console.log(r.numPassedTests, r.numFailedTests + r.testResults.filter((t) => t.status === "failed" && t.assertionResults.length === 0).length)' "$out/vitest.json") || counts='0 1'
passed=$((passed + ${counts% *}))
failed=$((failed + ${counts#* }))
check 'README: npm start' npm start
check 'docs (typedoc, no warnings)' npm run --silent docs -- --treatWarningsAsErrors --logLevel Warn
check 'unused files, exports and dependencies (knip)' npm run --silent unused
check 'package and its types as users see them (publint, attw)' npm run --silent package
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
