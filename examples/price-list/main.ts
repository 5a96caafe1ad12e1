import { channel, ClosedError, go, sleep } from 'rxsluice';

interface Tick {
  readonly symbol: string;
  readonly price: number;
}
const SYMBOLS = ['ACME', 'GLOBEX', 'HOOLI', 'INITECH', 'UMBRELLA'];

let replaced = 0;
// One place for each symbol: a tick takes the place of an older one that nobody has painted yet.
const ticks = channel<Tick>({
  capacity: SYMBOLS.length,
  conflateBy: ({ symbol }) => symbol,
  onUndelivered: () => replaced++,
});

go(function* exchange() {
  for (let round = 1; round <= 2000; round++) {
    for (const symbol of SYMBOLS) yield* ticks.send({ symbol, price: round });
    if (round % 200 === 0) yield* sleep(1);
  }
  ticks.close();
});

const list = new Map<string, number>();
let painted = 0;

go(function* painter() {
  try {
    for (;;) {
      for (const { symbol, price } of yield* ticks.receiveMany(Infinity)) {
        list.set(symbol, price);
        painted++;
      }
      yield* sleep(16); // until the next frame
    }
  } catch (error) {
    if (!(error instanceof ClosedError)) throw error;
  }
  console.log(`${painted < 100 ? 'fewer than 100' : painted} of ${painted + replaced} ticks were painted`);
  for (const [symbol, price] of [...list].sort()) console.log(`${symbol} ${price}`);
});
