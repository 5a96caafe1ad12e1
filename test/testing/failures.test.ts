// What a failure prints is what most users see of the kit: it is a file, and a change of it shows in the diff.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failing } from './failing.ts';

const source = readFileSync(join(import.meta.dirname, 'failing.ts'), 'utf8').split('\n');

describe('the printed failure of', () => {
  it.each(Object.entries(failing))('%s', async (name, test) => {
    await expect(`${printed(test)}\n`).toMatchFileSnapshot(`golden/${name.replaceAll(/[^a-z]+/g, '-')}.txt`);
  });
});

function printed(test: () => unknown): string {
  try {
    test();
  } catch (error) {
    const { name, message, stack = '' } = error as Error;
    // Instead of a number, which changes with the file: the line itself. Then the line that a runner would show.
    const quoted = (text: string): string =>
      text.replaceAll(/test\/testing\/failing\.ts:(\d+):\d+/g, (_, line) => `«${source[Number(line) - 1]?.trim()}»`);
    const top =
      stack
        .slice(stack.indexOf(message) + message.length)
        .split('\n')
        .filter((line) => /^\s+at /.test(line))[0] ?? '';
    const shown = /failing\.ts:\d+:\d+/.exec(top)?.[0];
    return `${name}: ${quoted(message)}\n${shown === undefined ? '' : `\nshown at ${quoted(`test/testing/${shown}`)}`}`.trimEnd();
  }
  throw new Error('it does not fail');
}
