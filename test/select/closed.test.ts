import { Subscriber } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, type Delivery, queue, select } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';

const cause = new Error('the cause');

describe.each(FORMS)('3.6 a closed channel, by $form,', ({ perform }) => {
  it('is ready: the select fails with ClosedError', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    a.close();
    perform(select({ a, b }), told.by('s'));
    check(a, b);
    expect(told.lines).toEqual(['s failed with ClosedError']);
  });

  it('gives what it has left first', () => {
    const told = new Record();
    const a = channel<number>(1);
    a.trySend(1);
    a.close();
    for (const name of ['first', 'second']) perform(select({ a, b: channel() }), told.by(name));
    check(a);
    expect(told.lines).toEqual(['first got a=1', 'second failed with ClosedError']);
  });

  it('is one of the ready cases, and no more than that', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(1);
    a.close();
    b.trySend(1);
    perform(select({ b, a }, { order: 'priority' }), told.by('s'));
    expect(told.lines).toEqual(['s got b=1']);
  });

  it('fails the select with its cause, the same object', () => {
    const found: unknown[] = [];
    const a = channel<number>();
    a.close(cause);
    perform(select({ a }), { ...new Record().by('s'), error: (error) => found.push(error) });
    expect(found[0]).toBe(cause);
  });

  it('fails a select that waits when it is closed, and the others are withdrawn', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    perform(select({ a, b, again: a }), told.by('s'));
    a.close();
    check(a, b);
    expect(told.lines).toEqual(['s failed with ClosedError']);
    expect([a.receivers.first, b.receivers.first]).toEqual([null, null]);
  });

  it('fails a select that waits when it is cancelled', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    perform(select({ a, b }), told.by('s'));
    a.cancel('enough');
    check(a, b);
    expect(told.lines).toEqual(['s failed with CancelledError(enough)']);
    expect(b.receivers.first).toBeNull();
  });

  it('is a value for receiveResult, not a failure', () => {
    const told = new Record();
    const a = channel<number>();
    a.close();
    perform(select({ a: a.receiveResult() }), told.by('s'));
    expect(told.lines).toEqual(['s got a={"ok":false,"closed":true}']);
  });

  it('fails the select whose send case is on it', () => {
    const told = new Record();
    const a = channel<number>();
    a.close();
    perform(select({ a: a.send(1), b: channel() }), told.by('s'));
    check(a);
    expect(told.lines).toEqual(['s failed with ClosedError']);
  });

  it('still takes the value of a send case that waited when it was closed', () => {
    const told = new Record();
    const a = channel<number>();
    perform(select({ a: a.send(1) }), told.by('s'));
    a.close();
    check(a);
    expect(told.lines).toEqual([]);
    expect(a.tryReceive()).toEqual({ ok: true, value: 1 });
    check(a);
    expect(told.lines).toEqual(['s got a=undefined']);
  });

  it('fails a select whose send case waited when it was cancelled', () => {
    const told = new Record();
    const a = channel<number>();
    perform(select({ a: a.send(1) }, { onClosed: 'skip' }), told.by('s'));
    a.cancel('enough');
    check(a);
    expect(told.lines).toEqual(['s failed with CancelledError(enough)']);
  });
});

describe.each(FORMS)("3.6 onClosed: 'skip', by $form,", ({ perform }) => {
  it('switches off a channel that is closed without a cause', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    a.close();
    perform(select({ a, b }, { onClosed: 'skip' }), told.by('s'));
    check(a, b);
    expect(told.lines).toEqual([]);
    b.trySend(1);
    check(a, b);
    expect(told.lines).toEqual(['s got b=1']);
  });

  it('takes what comes back to a closed queue, though that ends with it', () => {
    const told = new Record();
    const jobs = queue<string>();
    jobs.trySend('a');
    let delivery: Delivery<string> | undefined;
    jobs.lease().subscribe((lent) => (delivery = lent));
    jobs.close();
    perform(select({ jobs, b: channel() }, { onClosed: 'skip' }), told.by('s'));
    delivery?.nack();
    check(jobs);
    expect(told.lines).toEqual(['s got jobs=a']);
  });

  it('has nothing to give back when one is told of its failure that has left', () => {
    const a = channel<number>();
    const left = new Record();
    const reported = reportsOf(() => {
      const late = new Subscriber<unknown>(left.all('late'));
      select({ a }, { onClosed: 'skip' }).subscribe({ error: () => late.unsubscribe() });
      select({ a }, { onClosed: 'skip' }).subscribe(late);
      a.close();
    });
    expect([left.lines, reported]).toEqual([[], []]);
  });

  it('chooses among the others, by priority too', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(1);
    const c = channel<number>(1);
    a.close();
    b.trySend(1);
    c.trySend(2);
    perform(select({ a, b, c }, { onClosed: 'skip', order: 'priority' }), told.by('s'));
    check(a, b, c);
    expect(told.lines).toEqual(['s got b=1']);
  });

  it('chooses among the others when all are ready, every time', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(50);
    const c = channel<number>(50);
    a.close();
    for (let i = 0; i < 50; i++) {
      b.trySend(i);
      c.trySend(i);
      perform(select({ b, a, c }, { onClosed: 'skip' }), { ...told.by('s'), next: ({ key }) => told.add(key) });
    }
    expect(new Set(told.lines)).toEqual(new Set(['b', 'c']));
  });

  it('gives what a closed channel has left before it is off', () => {
    const told = new Record();
    const a = channel<number>(1);
    a.trySend(1);
    a.close();
    perform(select({ a, b: channel() }, { onClosed: 'skip' }), told.by('s'));
    expect(told.lines).toEqual(['s got a=1']);
  });

  it('switches off a channel that is closed while the select waits', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    perform(select({ a, mapped: a.receive().map(String), b }, { onClosed: 'skip' }), told.by('s'));
    a.close();
    check(a, b);
    expect(told.lines).toEqual([]);
    b.trySend(1);
    check(a, b);
    expect(told.lines).toEqual(['s got b=1']);
  });

  it('fails with ClosedError when all are off from the start', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    a.close();
    b.close();
    perform(select({ a, b, off: null }, { onClosed: 'skip' }), told.by('s'));
    expect(told.lines).toEqual(['s failed with ClosedError']);
  });

  it('fails with ClosedError when the last one is switched off', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    perform(select({ a, b, again: b }, { onClosed: 'skip' }), told.by('s'));
    a.close();
    expect(told.lines).toEqual([]);
    b.close();
    check(a, b);
    expect(told.lines).toEqual(['s failed with ClosedError']);
  });

  it('names the select in that error', () => {
    const found: unknown[] = [];
    const a = channel<number>();
    a.close();
    perform(select({ a }, { onClosed: 'skip' }), { ...new Record().by('s'), error: (error) => found.push(error) });
    expect(found).toMatchObject([{ name: 'ClosedError', source: 'select of a' }]);
  });

  it('fails with a cause all the same, at once', () => {
    const told = new Record();
    const a = channel<number>();
    a.close(cause);
    perform(select({ a, b: channel() }, { onClosed: 'skip' }), told.by('s'));
    expect(told.lines).toEqual(['s failed with the cause']);
  });

  it('fails with a cause all the same, later', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    perform(select({ a, b }, { onClosed: 'skip' }), told.by('s'));
    a.close(cause);
    check(a, b);
    expect(told.lines).toEqual(['s failed with the cause']);
    expect(b.receivers.first).toBeNull();
  });

  it('fails with a cancellation all the same', () => {
    const told = new Record();
    const a = channel<number>();
    perform(select({ a, b: channel() }, { onClosed: 'skip' }), told.by('s'));
    a.cancel('enough');
    expect(told.lines).toEqual(['s failed with CancelledError(enough)']);
  });

  it('fails with a send on a closed channel all the same', () => {
    const told = new Record();
    const a = channel<number>();
    a.close();
    perform(select({ a: a.send(1), b: channel() }, { onClosed: 'skip' }), told.by('s'));
    expect(told.lines).toEqual(['s failed with ClosedError']);
  });

  it('keeps receiveResult on: its end is a value', () => {
    const told = new Record();
    const a = channel<number>();
    a.close();
    perform(select({ a: a.receiveResult(), b: channel() }, { onClosed: 'skip' }), told.by('s'));
    expect(told.lines).toEqual(['s got a={"ok":false,"closed":true}']);
  });
});
