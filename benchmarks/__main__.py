"""`python -m benchmarks [--json]`."""

import json
import sys

from benchmarks import mask_photo, restore_photo

TABLES = {
    "mask_12_megapixels": (
        "12-megapixel JPEG to sealed payload; ratios are to decoding plus encoding alone",
        mask_photo.run,
    ),
    "restore_12_megapixels": (
        "12-megapixel JPEG and an edit of 1024×768 to the photo's size; ratios are the same",
        restore_photo.run,
    ),
}

tables = {name: (title, measured()) for name, (title, measured) in TABLES.items()}
if "--json" in sys.argv:
    print(json.dumps({name: rows for name, (_, rows) in tables.items()}, indent=2))
else:
    for title, rows in tables.values():
        print(title)
        print("  ".join(f"{name:>12}" for name in rows[0]))
        for row in rows:
            print("  ".join(f"{value:>12}" for value in row.values()))
