import { describe, expect, it } from 'vitest';
import {
  checkArray,
  checkCount,
  checkFinite,
  checkFunction,
  checkHooks,
  checkLimit,
  checkMethod,
  checkMs,
  checkNumber,
  checkObject,
  checkOneOf,
  checkSignal,
  checkText,
  ownOptions,
} from '../../src/base/checks.ts';

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

  it('lets arrays pass, and nothing that is like one', () => {
    expect(() => checkArray('gather', 'operations', [])).not.toThrow();
    expect(() => checkArray('gather', 'operations', { length: 0 })).toThrow(
      new TypeError('gather: operations must be an array; got an object'),
    );
  });

  it.each([null, undefined, 5, {}, { send: 1 }])('finds that %s cannot send', (given) => {
    expect(() => checkMethod('sendTo', 'channel', given, 'send', 'a channel')).toThrow(TypeError);
    expect(() => checkMethod('sendTo', 'channel', given, 'send', 'a channel')).toThrow(
      /^sendTo: channel must be a channel; got /,
    );
  });

  it('lets pass what has the method, functions too', () => {
    expect(() => checkMethod('sendTo', 'channel', { send: () => 1 }, 'send', 'a channel')).not.toThrow();
    expect(() =>
      checkMethod(
        'sendTo',
        'channel',
        Object.assign(() => 1, { send: () => 1 }),
        'send',
        'a',
      ),
    ).not.toThrow();
  });

  it.each([null, undefined, 5, {}, { aborted: 'no' }, new AbortController()])('takes %s for no signal', (given) => {
    expect(() => checkSignal('go', 'signal', given)).toThrow(TypeError);
    expect(() => checkSignal('go', 'signal', given)).toThrow(/^go: signal must be an AbortSignal; got /);
  });

  it('lets signals pass, those that have been aborted too', () => {
    expect(() => checkSignal('go', 'signal', new AbortController().signal)).not.toThrow();
    expect(() => checkSignal('go', 'signal', AbortSignal.abort())).not.toThrow();
  });

  it.each([null, undefined, 5, {}, new String('x')])('takes %s for no text', (given) => {
    expect(() => checkText('channel', 'name', given)).toThrow(TypeError);
    expect(() => checkText('channel', 'name', given)).toThrow(/^channel: name must be a string; got /);
  });

  it('returns the text', () => {
    expect([checkText('channel', 'name', ''), checkText('channel', 'name', 'a')]).toEqual(['', 'a']);
  });

  it.each([NaN, Infinity, -Infinity, '1', null, undefined, 1n])('takes %s for no finite number', (given) => {
    expect(() => checkFinite('explore', 'seed', given)).toThrow(RangeError);
    expect(() => checkFinite('explore', 'seed', given)).toThrow(/^explore: seed must be a finite number; got /);
  });

  it.each([0, -1.5, 1e300])('takes %s for a finite number', (given) => {
    expect(() => checkFinite('explore', 'seed', given)).not.toThrow();
  });

  it('takes every number but NaN for a number, and no negative one for milliseconds', () => {
    for (const given of [0, -0, 1.5, Infinity]) {
      expect(() => checkNumber('withTimeout', 'ms', given)).not.toThrow();
      expect(() => checkMs('sleep', 'ms', given)).not.toThrow();
    }
    for (const given of [-1, -Infinity]) {
      expect(() => checkNumber('withTimeout', 'ms', given)).not.toThrow();
      expect(() => checkMs('sleep', 'ms', given)).toThrow(RangeError);
    }
    for (const given of [NaN, '1', null, undefined, {}]) {
      expect(() => checkNumber('withTimeout', 'ms', given)).toThrow(/^withTimeout: ms must be a number; got /);
      expect(() => checkMs('sleep', 'ms', given)).toThrow(/^sleep: ms must be a number of ms >= 0; got /);
    }
  });

  it('lets objects pass as options, their own keys only, with a name that can be shown', () => {
    const given: { name: string; capacity?: number } = Object.assign(Object.create({ capacity: 5 }), { name: 'a\nb' });
    expect(ownOptions('channel', given)).toEqual({ name: 'a\\nb' });
    expect(given.name).toBe('a\nb');
    for (const wrong of [null, 5, 'x', [], () => 1])
      expect(() => ownOptions('channel', wrong as object)).toThrow(/^channel: options must be an object; got /);
    expect(() => checkObject('select', 'cases', {})).not.toThrow();
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
