import { describe, expect, it } from 'vitest';
import { counted, spaced } from '../../../src/inspect/panel/words.ts';

describe('the words of the panel', () => {
  it('count and spell', () => {
    expect([counted(0, 'task'), counted(1, 'task'), counted(2, 'task')]).toEqual(['0 tasks', '1 task', '2 tasks']);
    expect([spaced('slowStep'), spaced('deadlock')]).toEqual(['slow step', 'deadlock']);
  });
});
