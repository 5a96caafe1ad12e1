// The host's own clock and macrotasks, whatever a run puts in their place.

const { setImmediate: immediate, performance: clock, MessageChannel: Ports } = globalThis;

/** Milliseconds of real time. */
export const realTime = clock.now.bind(clock);

/** When every promise that can be settled is settled: in a macrotask, which comes after all microtasks. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof immediate === 'function') {
      immediate(resolve);
      return;
    }
    const { port1, port2 } = new Ports();
    port1.onmessage = (): void => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
