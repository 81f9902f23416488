/** Files of a folder that was dropped, with those in folders inside it. */
import { isPicture } from './opening.js';

const byPath = (a, b) => a.path.localeCompare(b.path, undefined, { numeric: true });

/** Photos among picked files, sorted: `{file, path}`. */
export const picked = (files) =>
  [...files]
    .filter(isPicture)
    .map((file) => ({ file, path: file.webkitRelativePath || file.name }))
    .sort(byPath);

/** Photos among what was dropped, sorted. @param {DataTransfer} transfer */
export async function dropped(transfer) {
  // Entries must be taken before the first wait: the browser empties the transfer after the event.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return picked(transfer.files);
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found.filter(({ file }) => isPicture(file)).sort(byPath);
}

async function walk(entry, found) {
  if (entry.name.startsWith('.')) return;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ file, path: entry.fullPath.replace(/^\//, '') });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A reader gives some at a time, and none at the end.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const each of some) await walk(each, found);
  }
}
