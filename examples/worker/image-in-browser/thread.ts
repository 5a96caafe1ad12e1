// The thread: blurs a band of a picture, line by line, so that it hears of a cancel.

import { expose, withTransfer } from 'rxsluice/worker';

export interface Band {
  readonly top: number;
  readonly width: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

export const handlers = {
  *blur({ top, width, pixels }: Band, radius: number): Generator<Band, void> {
    const height = pixels.length / 4 / width;
    for (let round = 0; round < 3; round++) {
      for (let y = 0; y < height; y++) {
        blurLine(pixels.subarray(y * width * 4, (y + 1) * width * 4), radius);
        // A plain yield: only the last one is the result, each is a chance to be cancelled.
        yield { top, width, pixels };
      }
    }
    yield withTransfer({ top, width, pixels }, [pixels.buffer]);
  },
};

function blurLine(line: Uint8ClampedArray, radius: number): void {
  const source = line.slice();
  const width = line.length / 4;
  for (let x = 0; x < width; x++) {
    for (let part = 0; part < 3; part++) {
      let sum = 0;
      let count = 0;
      for (let i = Math.max(0, x - radius); i <= Math.min(width - 1, x + radius); i++) {
        sum += source[i * 4 + part] ?? 0;
        count++;
      }
      line[x * 4 + part] = sum / count;
    }
  }
}

expose(handlers);
