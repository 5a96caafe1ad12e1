import { describe, expect, it } from 'vitest';
import { counted, shortened, spaced } from '../../../src/inspect/panel/words.ts';

describe('the words of the panel', () => {
  it('count, spell, and cut', () => {
    expect([counted(0, 'task'), counted(1, 'task'), counted(2, 'task')]).toEqual(['0 tasks', '1 task', '2 tasks']);
    expect([spaced('slowStep'), spaced('deadlock')]).toEqual(['slow step', 'deadlock']);
    expect([shortened('abcd', 4), shortened('abcde', 4)]).toEqual(['abcd', 'abc…']);
  });
});
