import { mergeMap, of, throwError, timer } from 'rxjs';
import { type Coroutine, go, stateOwner, until } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

interface State {
  readonly saved: string;
  /** Each edit appends its letter. */
  readonly unsaved: readonly string[];
}

export const specs = [
  spec({
    title: 'an edit is shown at once; one that the server refuses is taken back, and later ones stay',
    of: ['StateOwner.update', 'StateOwner.select'],
    drawn: 'optimistically(edit)',
    inputs: {
      edit: '-a-b-c---',
    },
    run: ({ edit }) => {
      const owner = stateOwner<State>({ saved: '', unsaved: [] });
      const refused = new Error('refused');
      const save = (letter: string) =>
        timer(3).pipe(mergeMap(() => (letter === 'b' ? throwError(() => refused) : of(letter))));
      const optimistically = function* (letter: string): Coroutine<string> {
        yield* owner.update(({ saved, unsaved }) => ({ saved, unsaved: [...unsaved, letter] }));
        let isSaved = false;
        try {
          yield* until(save(letter));
          isSaved = true;
        } finally {
          yield* owner.update(({ saved, unsaved }) => ({
            saved: isSaved ? saved + letter : saved,
            unsaved: unsaved.filter((other) => other !== letter),
          }));
        }
        return letter;
      };
      return {
        answers: perform(edit, (letter) => go(() => optimistically(letter))),
        shown: owner.select(({ saved, unsaved }) => saved + unsaved.join('')),
        saved: owner.select(({ saved }) => saved),
      };
    },
    values: { E: new Error('refused'), '0': '', x: 'ab', y: 'abc', z: 'ac' },
    outputs: {
      answers: '----a-E-c',
      // At 6, b goes, and c stays.
      shown: '  0a-x-yz--',
      saved: '  0---a---z',
    },
  }),
];
