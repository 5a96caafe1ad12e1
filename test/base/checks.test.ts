import { describe, expect, it } from 'vitest';
import { checkCount, checkFunction, checkHooks, checkLimit, checkOneOf } from '../../src/base/checks.ts';

describe('a check of what a user gives', () => {
  it('lets functions pass, and nothing else', () => {
    expect(() => checkFunction('map', 'project', () => 1)).not.toThrow();
    expect(() => checkFunction('map', 'project', 'x')).toThrow(
      new TypeError('map: project must be a function; got "x"'),
    );
    expect(() => checkFunction('map', 'project', undefined)).toThrow(TypeError);
  });

  it('lets hooks be left out, and looks at each of those it is asked for', () => {
    const options = { a: undefined, b: () => 1, c: null, d: 5 };
    expect(() => checkHooks('queue', options, 'a', 'b')).not.toThrow();
    expect(() => checkHooks('queue', options, 'a', 'b', 'c')).toThrow(
      new TypeError('queue: c must be a function; got null'),
    );
    expect(() => checkHooks('queue', options, 'd')).toThrow(new TypeError('queue: d must be a function; got 5'));
  });

  it.each([0, 1, 2, 1e9])('takes %s for a count from 0 on', (count) => {
    expect(() => checkCount('latch', 'count', count, 0)).not.toThrow();
    expect(() => checkLimit('latch', 'count', count, 0)).not.toThrow();
  });

  it.each([-1, 0.5, NaN, -Infinity, '1', null, undefined, {}])('takes %s for no count', (given) => {
    expect(() => checkCount('latch', 'count', given, 0)).toThrow(RangeError);
    expect(() => checkLimit('latch', 'count', given, 0)).toThrow(RangeError);
  });

  it('counts from 1 on where it is told to', () => {
    expect(() => checkCount('latch', 'count', 1, 1)).not.toThrow();
    expect(() => checkCount('latch', 'count', 0, 1)).toThrow(
      new RangeError('latch: count must be an integer >= 1; got 0'),
    );
    expect(() => checkLimit('latch', 'count', 0, 1)).toThrow(
      new RangeError('latch: count must be an integer >= 1, or Infinity; got 0'),
    );
  });

  it('takes Infinity for a limit, and for no count', () => {
    expect(() => checkLimit('latch', 'count', Infinity, 1)).not.toThrow();
    expect(() => checkCount('latch', 'count', Infinity, 1)).toThrow(RangeError);
  });

  it('lets one of several pass, and lists them otherwise', () => {
    expect(() => checkOneOf('wait', 'until', 'all', ['first', 'last', 'all'])).not.toThrow();
    expect(() => checkOneOf('wait', 'until', 'none', ['first', 'last', 'all'])).toThrow(
      new TypeError('wait: until must be first or last or all; got "none"'),
    );
  });

  it('spells the name of a thing only for the message', () => {
    let spelled = 0;
    const thing = {
      get name() {
        spelled++;
        return 'latch#1';
      },
    };
    checkCount(thing, 'count', 1, 0);
    checkLimit(thing, 'count', 1, 0);
    checkFunction(thing, 'project', () => 1);
    expect(spelled).toBe(0);
    expect(() => checkCount(thing, 'done: the count', -1, 0)).toThrow(
      new RangeError('latch#1: done: the count must be an integer >= 0; got -1'),
    );
  });
});
