#!/bin/sh
# One reading by curl. It tries again while the server is away or asks to wait; the same key makes sure that it counts once.
set -eu
NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ)
curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused --max-time 30 \
  "$BASE/v1/feeds/$FEED/batches" \
  -H "Authorization: Bearer $KEY" \
  -H "Content-Type: application/json" \
  -H "Idempotency-Key: $FEED-$SERIES-$NOW" \
  -d "{\"readings\":[{\"series\":\"$SERIES\",\"observedAt\":\"$NOW\",\"value\":$VALUE}]}"
echo
