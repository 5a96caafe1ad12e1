// A hundred thousand who ask for one key while it is loaded, and are told. `share` is one load for all subscribers, who leave an
// array one by one at its end. A promise in a Map is what is written by hand: nobody leaves it, and nothing cancels the load.

import { Observable, share } from 'rxjs';
import { deferred, go, singleFlight } from '../../dist/bundle/index.js';

/** One load: begun once, or it is wrong. */
function loadOnce() {
  const loaded = deferred();
  let loads = 0;
  return {
    load() {
      loads++;
      return loaded;
    },
    end: () => loaded.resolve(1),
    get loads() {
      return loads;
    },
  };
}

export const row = {
  place: 16.4,
  title: 'one load for 100 000 who ask',
  what: 'one who asks',
  aim: 'share',
  n: 100_000,
  expected: (n) => n,
  rxsluice(n) {
    const once = loadOnce();
    const ask = singleFlight(once.load);
    let told = 0;
    for (let i = 0; i < n; i++) ask('key').subscribe((value) => (told += value));
    once.end();
    return once.loads === 1 ? told : `${once.loads} loads`;
  },
  others: {
    async 'rxsluice, coroutines'(n) {
      const once = loadOnce();
      const ask = singleFlight(once.load);
      let told = 0;
      let last;
      for (let i = 0; i < n; i++) {
        last = go(function* () {
          const value = yield* ask('key');
          told += value;
        });
      }
      once.end();
      await last.promise();
      return once.loads === 1 ? told : `${once.loads} loads`;
    },
    share(n) {
      const once = loadOnce();
      const shared = new Observable((subscriber) => once.load().subscribe(subscriber)).pipe(share());
      let told = 0;
      for (let i = 0; i < n; i++) shared.subscribe((value) => (told += value));
      once.end();
      return once.loads === 1 ? told : `${once.loads} loads`;
    },
    async 'a promise in a Map'(n) {
      const once = loadOnce();
      const loads = new Map();
      const ask = (key) => {
        const running = loads.get(key);
        if (running !== undefined) return running;
        const load = once.load().promise();
        loads.set(key, load);
        return load;
      };
      let told = 0;
      const asked = Array.from({ length: n }, () => ask('key').then((value) => (told += value)));
      once.end();
      await Promise.all(asked);
      return once.loads === 1 ? told : `${once.loads} loads`;
    },
  },
};
