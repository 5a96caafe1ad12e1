import { of, Subscriber } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { isPullable } from '../../src/core/pullable.ts';
import { channel, mergeSelect } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';

describe('what can be pulled', () => {
  it('is told from everything else by its mark', () => {
    const ch = channel<number>();
    const others = [ch.receive(), of(1), null, undefined, 1, 'x', {}, { mark: 1 }];
    expect([ch, mergeSelect({ ch })].map(isPullable)).toEqual([true, true]);
    expect(others.map(isPullable)).toEqual(others.map(() => false));
  });
});

describe('2.5 a receive that is left while another is told of the same end', () => {
  it.each([undefined, new Error('cause')])('gives nothing back to the channel, closed with %s', (cause) => {
    const told = new Record();
    const ch = channel<number>(1);
    const late = new Subscriber<number>(told.by('late'));
    ch.receive().subscribe({ error: () => late.unsubscribe() });
    ch.receive().subscribe(late);
    ch.close(cause);
    check(ch);
    expect([told.lines, ch.size, ch.statistics().waitingReceivers]).toEqual([[], 0, 0]);
  });
});

describe('1.9 a Subscriber, written by hand, that throws', () => {
  it('has left then, and leaves no second time when it is unsubscribed', () => {
    const ch = channel<number>();
    const thrower = new Subscriber<number>();
    thrower.next = () => {
      throw new Error('thrown');
    };
    const reported = reportsOf(() => {
      ch.subscribe(thrower);
      ch.subscribe();
      ch.trySend(1);
    });
    thrower.unsubscribe();
    check(ch);
    expect([reported.map(String), ch.statistics().waitingReceivers]).toEqual([['Error: thrown'], 1]);
  });
});
