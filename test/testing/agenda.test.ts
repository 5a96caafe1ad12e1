// What stands in the place of RxJS's array of actions, against an array that is sorted whenever one is added.

import { expect, it } from 'vitest';
import { Agenda } from '../../src/testing/agenda.ts';

it('gives out what is due first, of simultaneous ones the one that came first, and not what was taken out', () => {
  let state = 7;
  const below = (n: number): number => (state = (state * 48271) % 2147483647) % n;
  const agenda = new Agenda<{ readonly delay: number }>();
  const model: { readonly delay: number }[] = [];
  for (let i = 0; i < 5000; i++) {
    const what = below(5);
    if (what < 3) {
      const action = { delay: below(20) };
      agenda.push(action);
      expect(agenda.sort()).toBe(agenda);
      model.push(action);
      model.sort((a, b) => a.delay - b.delay);
    } else if (what === 3) {
      expect(agenda.shift()).toBe(model.shift());
    } else {
      const [action] = model.splice(below(model.length + 1), 1);
      // As RxJS does it: `splice`, if it has a place.
      for (let again = 0; again < 2; again++) expect(agenda.indexOf(action ?? { delay: 0 })).toBe(-1);
    }
    agenda.check();
  }
  while (model.length > 0) expect(agenda.shift()).toBe(model.shift());
  expect(agenda.shift()).toBe(undefined);
});
