import { catchError, map, of } from 'rxjs';
import { type CancelledError, channel, mergeSelect } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'mergeSelect gives the values of all its sources as they come, and ends when all have ended',
    of: ['mergeSelect'],
    drawn: 'mergeSelect({ left, right })',
    inputs: {
      toLeft: '    -a--b------',
      closeLeft: ' ------x----',
      toRight: '   --c----d---',
      closeRight: '---------x-',
    },
    run: ({ toLeft, closeLeft, toRight, closeRight }) => {
      const left = channel<string>();
      const right = channel<string>();
      toLeft.subscribe((v) => left.trySend(v));
      toRight.subscribe((v) => right.trySend(v));
      closeLeft.subscribe(() => left.close());
      closeRight.subscribe(() => right.close());
      return { merged: mergeSelect({ left, right }).pipe(map(({ value }) => value)) };
    },
    outputs: {
      merged: '    -ac-b--d-|',
    },
  }),
  spec({
    title: 'it takes a value only when one is asked of it: the others stay in their channels',
    of: ['mergeSelect'],
    drawn: "mergeSelect({ left, right }, { order: 'priority' })",
    inputs: {
      toLeft: '   bc--------',
      toRight: '  a---------',
      close: '    ----x-----',
      receive: '  ---x-x-x--',
    },
    run: ({ toLeft, toRight, close, receive }) => {
      const left = channel<string>(2);
      const right = channel<string>(2);
      const merged = mergeSelect({ left, right }, { order: 'priority' });
      toLeft.subscribe((v) => left.trySend(v));
      toRight.subscribe((v) => right.trySend(v));
      close.subscribe(() => {
        left.close();
        right.close();
      });
      return {
        received: perform(receive, () => merged.receive().map(({ value }) => value)),
        whenEnded: merged.whenEnded(),
        inLeft: gauge(() => left.size),
        inRight: gauge(() => right.size),
      };
    },
    values: { u: undefined },
    outputs: {
      received: ' ---b-c-a--',
      whenEnded: '-------(u|)',
      inLeft: '   12-1-0----',
      inRight: '  1------0--',
    },
  }),
  spec({
    title: 'it fails with the close cause of a source',
    of: ['mergeSelect'],
    drawn: 'mergeSelect({ left, right })',
    inputs: {
      toLeft: '    -a----',
      closeRight: '---x--',
    },
    run: ({ toLeft, closeRight }) => {
      const left = channel<string>();
      const right = channel<string>();
      toLeft.subscribe((v) => left.trySend(v));
      closeRight.subscribe(() => right.close(new Error('broken')));
      return { merged: mergeSelect({ left, right }).pipe(map(({ value }) => value)) };
    },
    error: new Error('broken'),
    outputs: {
      merged: '    -a-#',
    },
  }),
  spec({
    title: 'cancelling it leaves its sources alone',
    of: ['mergeSelect'],
    drawn: 'mergeSelect({ left, right })',
    inputs: {
      toLeft: '          -a---b---',
      cancel: '          ---x-----',
      receive: '         -------x-',
    },
    run: ({ toLeft, cancel, receive }) => {
      const left = channel<string>(1);
      const right = channel<string>(1);
      const merged = mergeSelect({ left, right });
      toLeft.subscribe((v) => left.trySend(v));
      cancel.subscribe(() => merged.cancel('enough'));
      return {
        merged: merged.pipe(
          map(({ value }) => value),
          catchError((error: unknown) => of((error as CancelledError).reason)),
        ),
        receivedFromLeft: perform(receive, () => left.receive()),
        inLeft: gauge(() => left.size),
      };
    },
    values: { E: 'enough' },
    outputs: {
      merged: '          -a-(E|)',
      receivedFromLeft: '-------b-',
      inLeft: '          0----1-0-',
    },
  }),
];
