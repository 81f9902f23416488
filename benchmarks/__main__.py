"""`python -m benchmarks [--json]`."""

import json
import sys

from benchmarks import mask_photo

rows = mask_photo.run()
if "--json" in sys.argv:
    print(json.dumps({"mask_12_megapixels": rows}, indent=2))
else:
    print("12-megapixel JPEG to sealed payload; ratios are to decoding plus encoding alone")
    print("  ".join(f"{name:>12}" for name in rows[0]))
    for row in rows:
        print("  ".join(f"{value:>12}" for value in row.values()))
