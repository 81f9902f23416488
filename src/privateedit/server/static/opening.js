/** Photos come in: dropped, pasted or picked. */
import { byId } from './dom.js';

const ENDINGS = /\.(jpe?g|png|webp|avif|hei[cf]|tiff?|bmp|gif|p[pgn]m)$/i;

/** Whether a file can be a picture; the server has the last word. */
export const isPicture = (file) => file.type.startsWith('image/') || ENDINGS.test(file.name);

/**
 * Listens for photos on the whole page.
 * @param {(files: File[]) => void} onFiles gets what was dropped, pasted or picked
 * @param {() => boolean} active whether they are wanted now
 */
export function listenForPhotos(onFiles, active) {
  const pick = byId('pick');
  pick.addEventListener('change', () => {
    const files = [...pick.files];
    pick.value = '';
    if (files.length) onFiles(files);
  });
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter(isPicture);
    if (!files.length || !active()) return;
    event.preventDefault();
    onFiles(files);
  });
  let depth = 0;
  document.addEventListener('dragenter', (event) => {
    event.preventDefault();
    depth += 1;
    document.body.classList.add('dragging');
  });
  document.addEventListener('dragleave', () => {
    depth -= 1;
    if (depth <= 0) document.body.classList.remove('dragging');
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener(
    'drop',
    (event) => {
      event.preventDefault(); // or the browser leaves the page for the file
      depth = 0;
      document.body.classList.remove('dragging');
    },
    true,
  );
  document.addEventListener('drop', (event) => {
    const files = [...event.dataTransfer.files];
    if (files.length && active()) onFiles(files);
  });
}
