// A thread that ticks as long as it lives, and crashes when it is asked to; and that draws.

import { expose, withTransfer } from 'rxsluice/worker';

const ticks = new BroadcastChannel('ticks');
setInterval(() => ticks.postMessage('tick'), 5);

expose({
  crash() {
    setTimeout(() => {
      throw new RangeError('crashed');
    });
    return new Promise(() => undefined);
  },
  draw(canvas) {
    canvas.getContext('2d').fillRect(0, 0, 2, 2);
    const bitmap = canvas.transferToImageBitmap();
    return withTransfer(bitmap, [bitmap]);
  },
  lines() {
    const stream = new Blob(['one two']).stream();
    return withTransfer({ stream }, [stream]);
  },
});
