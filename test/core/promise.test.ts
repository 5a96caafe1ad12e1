import { defer, NEVER, of } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { Attempt } from '../../src/core/poll.ts';
import { ValueIterator } from '../../src/core/promise.ts';
import { channel, deferred, sleep, until } from '../../src/index.ts';
import { check, Record } from '../record.ts';

describe('promise()', () => {
  it('performs the operation now', async () => {
    const ch = channel<number>(1);
    const sent = ch.send(1).promise();
    expect(ch.size).toBe(1);
    await expect(sent).resolves.toBe(undefined);
  });

  it('resolves with the value', async () => {
    const ch = channel<number>();
    const received = ch.receive().promise();
    ch.trySend(1);
    check(ch);
    expect(await received).toBe(1);
  });

  it('rejects with what the operation fails with', async () => {
    const ch = channel<number>();
    const cause = new Error('cause');
    ch.close(cause);
    await expect(ch.receive().promise()).rejects.toBe(cause);
  });

  it('with a signal is withdrawn, and rejected with the reason, when that aborts', async () => {
    const ch = channel<number>();
    const controller = new AbortController();
    const received = ch.receive().promise({ signal: controller.signal });
    controller.abort('enough');
    check(ch);
    expect(ch.statistics().waitingReceivers).toBe(0);
    await expect(received).rejects.toBe('enough');
  });

  it('with a signal that is aborted already touches nothing', async () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    await expect(ch.receive().promise({ signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
    expect(ch.size).toBe(1);
  });

  it('leaves no listener behind, and adds none where it does not wait', async () => {
    const ch = channel<number>(1);
    const controller = new AbortController();
    const { signal } = controller;
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await ch.send(1).promise({ signal });
    expect(added).toHaveBeenCalledTimes(0);
    const second = ch.send(2).promise({ signal });
    ch.tryReceive();
    await second;
    await until(of(1)).promise({ signal });
    const withdrawn = sleep(1000).promise({ signal });
    controller.abort('enough');
    await expect(withdrawn).rejects.toBe('enough');
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([3, 3]);
  });

  it('of a value that is a promise gives what that brings: so do all promises', async () => {
    const ch = channel<Promise<number>>(1);
    ch.trySend(Promise.resolve(1));
    expect(await ch.receive().promise()).toBe(1);
  });

  it('takes undefined for its options', async () => {
    await expect(sleep(0).promise(undefined)).resolves.toBe(undefined);
    await expect(sleep(0).promise({})).resolves.toBe(undefined);
  });
});

const END = { done: true, value: undefined };

/** Of an iterator that leaves nothing to clean up. */
function left(told: Record, line: string): null {
  told.add(line);
  return null;
}

describe('2.12 an async iterator', () => {
  it('that is left ends the calls that wait at once; each return() waits for what is left to clean up', async () => {
    const told = new Record();
    const gone = deferred<void>();
    const iterator = new ValueIterator<number>(
      () => until(NEVER),
      () => gone,
    );
    const calls = [iterator.next(), iterator.return(), iterator.return()];
    const names = ['next', 'return', 'another return'];
    const all = calls.map((call, i) => call.then(({ done }) => told.add(`${names[i]} ${done}`)));
    await all[0];
    told.add('cleans up');
    gone.resolve();
    await Promise.all(all);
    expect(told.lines).toEqual(['next true', 'cleans up', 'return true', 'another return true']);
  });

  it('that cannot be left says so by the promise of return(), and is over', async () => {
    const iterator = new ValueIterator<number>(
      () => until(NEVER),
      () => {
        throw new Error('not left');
      },
    );
    const left = iterator.return();
    await expect(left).rejects.toEqual(new Error('not left'));
    expect([await iterator.return(), await iterator.next()]).toEqual([END, END]);
  });

  it('says once that it was left, and not where it has ended', async () => {
    const told = new Record();
    const open = new ValueIterator<number>(
      () => until(NEVER),
      () => left(told, 'left'),
    );
    const ended = new ValueIterator<number>(
      () => until(of({ ok: false, closed: true } as const)),
      () => left(told, 'left after the end'),
    );
    await ended.next();
    for (const iterator of [open, open, ended]) await iterator.return();
    expect(told.lines).toEqual(['left']);
  });

  it('is its own iterable', () => {
    const iterator = new ValueIterator<number>(() => until(NEVER));
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
  });

  it('serves the calls that wait in a loop, not in a recursion, where their values come at once', async () => {
    const first = deferred<Attempt<number>>();
    let asked = 0;
    const later = (): Attempt<number> => ({ ok: true, value: asked });
    const iterator = new ValueIterator<number>(() => (++asked === 1 ? first : until(defer(() => of(later())))));
    const calls = Array.from({ length: 5000 }, () => iterator.next());
    first.resolve(later());
    const results = await Promise.all(calls);
    expect(results).toEqual(results.map((_, n) => ({ done: false, value: n + 1 })));
  });
});
