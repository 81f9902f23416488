"""The page and the interface it works through: photos in memory, looks, previews, seals, edits, results."""
