import { map, NEVER, Subject, timer } from 'rxjs';
import { CancelledError, ClosedError, keyedStateOwner, OverflowError, request, stateOwner } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a read waits for the update that came before it',
    of: ['StateOwner.read', 'StateOwner.update', 'stateOwner'],
    drawn: 'owner.update(slowly)',
    inputs: {
      update: '-a-----b---',
      read: '  --x--y-----',
    },
    run: ({ update, read }) => {
      const owner = stateOwner('0');
      return {
        updated: perform(update, (v) => owner.update(() => timer(3).pipe(map(() => v)))),
        got: perform(read, () => owner.read((s) => s)),
        owner,
        pending: gauge(() => owner.pending),
      };
    },
    outputs: {
      updated: '----a-----b',
      got: '    ----aa-----',
      owner: '  0---a-----b',
      pending: '012-0--1--0',
    },
  }),
  spec({
    title: 'a failed step changes nothing, and fails its own request',
    of: ['StateOwner.update'],
    drawn: 'owner.update(step)',
    inputs: {
      update: '-a-b-',
    },
    run: ({ update }) => {
      const owner = stateOwner('0');
      const step = (v: string): string => {
        if (v === 'a') throw new Error('no');
        return v;
      };
      return { updated: perform(update, (v) => owner.update(() => step(v))), owner };
    },
    values: { E: new Error('no') },
    outputs: {
      updated: '-E-b-',
      owner: '  0--b-',
    },
  }),
  spec({
    title: 'unsubscribing from an update that runs cancels its step, and the next one is served',
    of: ['StateOwner.update', 'StateOwner.write'],
    drawn: 'owner.update(() => NEVER), owner.write(v)',
    inputs: {
      update: '-a-----',
      write: ' --b----',
    },
    run: ({ update, write }) => {
      const owner = stateOwner('0');
      return {
        updated: perform(update, () => owner.update(() => NEVER)),
        written: perform(write, (v) => owner.write(v)),
        owner,
      };
    },
    outputs: {
      updated: '-------',
      written: '----b--',
      owner: '  0---b--',
    },
    during: { updated: '^---!' },
  }),
  spec({
    title: 'a modify changes the state, and answers; a compareAndSet changes what it expects',
    of: ['StateOwner.modify', 'StateOwner.compareAndSet'],
    drawn: 'owner.modify(step), owner.compareAndSet(expected, next)',
    inputs: {
      modify: ' -a---',
      compare: '---ab',
    },
    run: ({ modify, compare }) => {
      const owner = stateOwner('0');
      return {
        answers: perform(modify, (v) => owner.modify((s) => [v, s] as const)),
        set: perform(compare, (v) => owner.compareAndSet(v, 'c')),
        owner,
      };
    },
    values: { t: true, f: false },
    outputs: {
      answers: '-0---',
      set: '    ---tf',
      owner: '  0a-c-',
    },
  }),
  spec({
    title: 'all subscribers see one order, also when one asks for the next change from inside of its callback',
    of: ['stateOwner', 'StateOwner.write'],
    drawn: 'stateOwner',
    inputs: {
      write: '--a---',
    },
    run: ({ write }) => {
      const owner = stateOwner('0');
      owner.subscribe((s) => s === 'a' && owner.write('b').subscribe());
      write.subscribe((v) => owner.write(v).subscribe());
      return { second: owner, late: owner };
    },
    outputs: {
      second: '0-(ab)',
      late: '  ----b-',
    },
    during: { late: '----^' },
  }),
  spec({
    title: 'select emits a projection when it changes; when waits for a state',
    of: ['StateOwner.select', 'StateOwner.when'],
    drawn: 'owner.select(first letter), owner.when(ends with 2)',
    inputs: {
      write: '-x-y-z-',
    },
    run: ({ write }) => {
      const owner = stateOwner('a1');
      const states: Record<string, string> = { x: 'a2', y: 'b1', z: 'b2' };
      write.subscribe((v) => owner.write(states[v]!).subscribe());
      return { selected: owner.select((s) => s.charAt(0)), found: owner.when((s) => s.endsWith('2')) };
    },
    values: { W: 'a2' },
    outputs: {
      selected: 'a--b---',
      found: '   -(W|)',
    },
  }),
  spec({
    title: 'complete serves what was asked; later requests, and a when that never matched, fail',
    of: ['StateOwner.read', 'StateOwner.when', 'stateOwner'],
    drawn: 'owner.complete()',
    inputs: {
      update: '  -a-----',
      complete: '--x----',
      read: '    ---y---',
    },
    run: ({ update, complete, read }) => {
      const owner = stateOwner('0', { name: 'o' });
      complete.subscribe(() => owner.complete());
      return {
        updated: perform(update, (v) => owner.update(() => timer(4).pipe(map(() => v)))),
        got: perform(read, () => owner.read((s) => s)),
        never: perform(timer(0).pipe(map(() => 'n')), () => owner.when((s) => s === 'z')),
        owner,
      };
    },
    values: { C: new ClosedError('o') },
    outputs: {
      updated: '-----a-',
      got: '     ---C---',
      never: '   -----C-',
      owner: '   0----(a|)',
    },
  }),
  spec({
    title: 'cancel fails what runs and what waits; subscribers complete',
    of: ['StateOwner.update'],
    drawn: "owner.cancel('x')",
    inputs: {
      update: '-ab---',
      cancel: '---x--',
    },
    run: ({ update, cancel }) => {
      const owner = stateOwner('0', { name: 'o' });
      cancel.subscribe(() => owner.cancel('x'));
      return { updated: perform(update, () => owner.update(() => new Subject<string>())), owner };
    },
    values: { E: new CancelledError('o', 'x') },
    outputs: {
      updated: '---(EE)',
      owner: '  0--|',
    },
  }),
  spec({
    title: 'different keys do not wait for each other',
    of: ['KeyedStateOwner.of'],
    drawn: 'keyed.of(key).update(slowly)',
    inputs: {
      update: '-ab-a---',
    },
    run: ({ update }) => {
      const keyed = keyedStateOwner(() => 0);
      return {
        updated: perform(update, (key) =>
          keyed
            .of(key)
            .update((n) => timer(4).pipe(map(() => n + 1)))
            .map(() => key),
        ),
        size: gauge(() => keyed.size),
      };
    },
    outputs: {
      updated: '-----ab--a',
      size: '   012-----',
    },
  }),
  spec({
    title: 'requests may come as a stream of messages, in one line with all others; each is answered by its response',
    of: ['stateOwner'],
    drawn: 'requests.subscribe(owner)',
    inputs: {
      update: ' -a-----',
      message: '--b-c--',
      read: '   ---y---',
    },
    run: ({ update, message, read }) => {
      const owner = stateOwner('0');
      return {
        updated: perform(update, (v) => owner.update(() => timer(4).pipe(map(() => v)))),
        answers: perform(message, (v) => {
          const write = request.write(v);
          owner.next(write);
          return write.response;
        }),
        got: perform(read, () => owner.read((s) => s)),
        owner,
      };
    },
    values: { x: 'b' },
    outputs: {
      updated: '-----a--',
      answers: '-----(bc)',
      // It came after b, and before c.
      got: '    -----x--',
      owner: '  0----(abc)',
    },
  }),
  spec({
    title: 'a full owner rejects a message, and has a method wait for its turn to ask',
    of: ['stateOwner', 'StateOwner.write'],
    drawn: 'stateOwner({ capacity: 1 })',
    inputs: {
      update: ' -a-----',
      message: '--bc---',
      write: '  ----d--',
    },
    run: ({ update, message, write }) => {
      const owner = stateOwner('0', { capacity: 1, name: 'o' });
      return {
        updated: perform(update, (v) => owner.update(() => timer(5).pipe(map(() => v)))),
        answers: perform(message, (v) => {
          const asked = request.write(v);
          owner.next(asked);
          return asked.response;
        }),
        written: perform(write, (v) => owner.write(v)),
        owner,
      };
    },
    values: { E: new OverflowError('o', 'c') },
    outputs: {
      updated: '------a-',
      answers: '---E--b-',
      written: '------d-',
      owner: '  0-----(abd)',
    },
  }),
  spec({
    title: 'tell asks at once, in line, and answers nobody',
    of: ['StateOwner.update', 'stateOwner'],
    drawn: 'owner.tell(step)',
    inputs: {
      tell: '-a-bc---',
    },
    run: ({ tell }) => {
      const owner = stateOwner('');
      tell.subscribe((v) => owner.tell((s) => (v === 'b' ? timer(2).pipe(map(() => s + v)) : s + v)));
      return { owner };
    },
    values: { x: 'a', y: 'ab', z: 'abc', '0': '' },
    outputs: {
      // c waits for the step of b.
      owner: '0x---(yz)',
    },
  }),
];
