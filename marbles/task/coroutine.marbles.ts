import { concatMap, switchMap } from 'rxjs';
import { channel, coroutine, sleep } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a coroutine waits with yield*, and emits what it returns; each subscription runs it anew',
    of: ['coroutine'],
    drawn: 'coroutine(function* () { return (yield* ch.receive()) + (yield* ch.receive()); })',
    inputs: {
      perform: ' x------x---------',
      send: '    --a--b-----c--d--',
    },
    run: ({ perform: calls, send }) => {
      const ch = channel<string>();
      send.subscribe((v) => ch.trySend(v));
      const two = coroutine(function* () {
        return (yield* ch.receive()) + (yield* ch.receive());
      });
      return { returned: perform(calls, () => two) };
    },
    values: { A: 'ab', C: 'cd' },
    outputs: {
      returned: '-----A--------C--',
    },
  }),
  spec({
    title: 'unsubscribing cancels its run: finally blocks run, and nothing else',
    of: ['coroutine'],
    drawn: 'switchMap((v) => coroutine(save(v)))',
    inputs: {
      source: ' -a-b------',
    },
    run: ({ source }) => {
      let running = 0;
      const save = (v: string) =>
        coroutine(function* () {
          running++;
          try {
            yield* sleep(4);
            return v;
          } finally {
            running--;
          }
        });
      return { saved: source.pipe(switchMap(save)), running: gauge(() => running) };
    },
    outputs: {
      saved: '  -------b--',
      // One at a time: a was cancelled when b came.
      running: '01-----0--',
    },
  }),
  spec({
    title: 'what is ready does not make it wait: this one is done as soon as it is subscribed',
    of: ['coroutine'],
    drawn: 'coroutine(function* () { return yield* ch.receive(); })',
    inputs: {
      perform: ' ---x--',
    },
    run: ({ perform: calls }) => {
      const ch = channel<string>(1);
      ch.trySend('a');
      const one = coroutine(function* () {
        return yield* ch.receive();
      });
      return { returned: perform(calls, () => one) };
    },
    outputs: {
      returned: '---a--',
    },
  }),
  spec({
    title: 'what its body throws is its error',
    of: ['coroutine'],
    drawn: "coroutine(function* () { yield* sleep(3); throw new Error('broken'); })",
    inputs: {},
    run: () => ({
      returned: coroutine(function* () {
        yield* sleep(3);
        throw new Error('broken');
      }),
    }),
    error: new Error('broken'),
    outputs: {
      returned: '---#',
    },
  }),
  spec({
    title: 'one that never gets what it waits for can be given a limit',
    of: ['coroutine', 'Operation.withTimeout'],
    drawn: 'inner.withTimeout(3), caught by the coroutine around it',
    inputs: {},
    run: () => {
      let cleanedUp = 0;
      const inner = coroutine(function* () {
        try {
          return yield* channel<string>().receive();
        } finally {
          cleanedUp++;
        }
      });
      const outer = coroutine(function* () {
        try {
          return yield* inner.withTimeout(3);
        } catch {
          return 't';
        }
      });
      return { returned: outer, cleanedUp: gauge(() => cleanedUp) };
    },
    outputs: {
      returned: ' ---(t|)',
      cleanedUp: '0--1---',
    },
  }),
  spec({
    title: 'a coroutine cancelled while it waits for another one waits for that one to clean up first',
    of: ['coroutine'],
    drawn: 'outer: try { yield* inner; } finally { … }',
    inputs: {},
    run: () => {
      const ended = channel<string>(Infinity);
      const inner = coroutine(function* () {
        try {
          yield* sleep(9);
        } finally {
          yield* sleep(2);
          ended.trySend('i');
        }
      });
      const outer = coroutine(function* () {
        try {
          yield* inner;
        } finally {
          ended.trySend('o');
        }
      });
      return { outer, cleanedUp: ended };
    },
    outputs: {
      outer: '    --------',
      cleanedUp: '-----(io)',
    },
    during: {
      outer: '    ^--!',
    },
  }),
  spec({
    title: '`sum += yield* …` reads sum before it waits: read it afterwards, as the second one does',
    of: ['coroutine'],
    drawn: 'wrong: sum += yield* ch.receive()   right: const v = yield* ch.receive(); sum += v',
    inputs: {
      send: ' --1--',
    },
    run: ({ send }) => {
      const ch = channel<string>();
      const sums = { wrong: '', right: '' };
      const body = (v: string) =>
        coroutine(function* () {
          if (v === 'w') sums.wrong += yield* ch.receive();
          else {
            const received = yield* ch.receive();
            sums.right += received;
          }
        });
      send.subscribe((v) => {
        sums.wrong += '0';
        sums.right += '0';
        ch.trySend(v);
        ch.trySend(v);
      });
      return {
        wrong: body('w').map(() => sums.wrong),
        right: body('r').map(() => sums.right),
      };
    },
    values: { R: '01' },
    outputs: {
      wrong: '--(1|)',
      right: '--(R|)',
    },
  }),
  spec({
    title: 'one that subscribes to itself from inside of its callback runs anew',
    of: ['coroutine'],
    drawn: 'nap.pipe(concatMap(() => nap))',
    inputs: {},
    run: () => {
      const nap = coroutine(function* () {
        yield* sleep(2);
        return 'n';
      });
      return { twice: nap.pipe(concatMap(() => nap)) };
    },
    outputs: {
      twice: '----(n|)',
    },
  }),
];
