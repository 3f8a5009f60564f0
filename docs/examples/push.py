"""One reading with Python's own library. The same Idempotency-Key through all tries: it counts once."""
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timezone

base, feed, key = (os.environ[name] for name in ("BASE", "FEED", "KEY"))
reading = {
    "series": os.environ["SERIES"],
    "observedAt": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    "value": json.loads(os.environ["VALUE"]),
}
request = urllib.request.Request(
    f"{base}/v1/feeds/{feed}/batches",
    data=json.dumps({"readings": [reading]}).encode(),
    headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())},
)
for attempt in range(6):
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            print(answer.read().decode())
            sys.exit(0)
    except urllib.error.HTTPError as error:
        if error.code not in (429, 502, 503, 504):
            sys.exit(error.read().decode())
        time.sleep(float(error.headers.get("Retry-After") or 2**attempt))
    except OSError:
        time.sleep(2**attempt)
sys.exit("No answer: send the same request with the same key again.")
