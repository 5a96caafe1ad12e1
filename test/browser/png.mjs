// A screenshot as a PNG of at most 256 colours, a third of the size, for the docs.

import { crc32, deflateSync } from 'node:zlib';

const COLOURS = 256;

/** `page` decodes it. */
export async function withFewColours(page, png) {
  const { width, height, pixels } = await page.evaluate(decoded, png.toString('base64'));
  const all = new Uint32Array(new Uint8Array(Buffer.from(pixels, 'base64')).buffer);
  const palette = frequent(all);
  const nearest = new Map();
  const lines = Buffer.alloc(height * (width + 1));
  for (let y = 0, at = 0; y < height; y++) {
    // No filter.
    lines[at++] = 0;
    for (let x = 0; x < width; x++) {
      const colour = all[y * width + x];
      if (!nearest.has(colour)) nearest.set(colour, nearestOf(palette, colour));
      lines[at++] = nearest.get(colour);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits, each the number of a colour.
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap(channels));
  const body = deflateSync(lines, { level: 9 });
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', body), chunk('IEND')]);
}

/** Runs in the page. */
async function decoded(base64) {
  const blob = await (await globalThis.fetch(`data:image/png;base64,${base64}`)).blob();
  const bitmap = await globalThis.createImageBitmap(blob);
  const { width, height } = bitmap;
  const context = new globalThis.OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let text = '';
  for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
  return { width, height, pixels: globalThis.btoa(text) };
}

function frequent(all) {
  const counts = new Map();
  for (const colour of all) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const sorted = [...counts].sort(([a, many], [b, more]) => more - many || a - b);
  return sorted.slice(0, COLOURS).map(([colour]) => colour);
}

/** Red, green and blue, of a number whose lowest byte is the first. */
function channels(colour) {
  return [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
}

function nearestOf(palette, colour) {
  const [red, green, blue] = channels(colour);
  let best = 0;
  let least = Infinity;
  for (const [i, other] of palette.entries()) {
    const [r, g, b] = channels(other);
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [least, best] = [distance, i];
  }
  return best;
}

function chunk(type, data = Buffer.alloc(0)) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, sum]);
}
