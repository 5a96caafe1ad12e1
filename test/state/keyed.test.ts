import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { keyedStateOwner, poll } from '../../src/index.ts';
import { check, Record } from '../record.ts';

const same = (a: { n: number }, b: { n: number }): boolean => a.n === b.n;

describe('§7.7 a key', () => {
  it('has one owner, made when first asked', () => {
    const made: string[] = [];
    const keyed = keyedStateOwner((key: string) => (made.push(key), 0), { name: 'carts' });
    const a = keyed.of('a');
    expect(keyed.of('a')).toBe(a);
    expect(keyed.of('b')).not.toBe(a);
    expect(made).toEqual(['a', 'b']);
    expect(a.name).toBe('carts["a"]');
    expect(keyed.size).toBe(0);
    check(keyed);
  });

  it('lives while it has requests, subscribers, or a state that differs', () => {
    const keyed = keyedStateOwner(() => ({ n: 0 }), { equal: same });
    const gate = new Subject<{ n: number }>();
    const alive = (): string[] => {
      check(keyed);
      expect(keyed.size).toBe([...keyed.keys()].length);
      return [...keyed.keys()] as string[];
    };
    const running = keyed.of('running').update(() => gate).subscribe(); // prettier-ignore
    const subscribed = keyed.of('subscribed').subscribe();
    const waiting = keyed.of('waiting').when(({ n }) => n === 9).subscribe(); // prettier-ignore
    keyed.of('differs').write({ n: 1 }).subscribe();
    keyed.of('same').write({ n: 0 }).subscribe();
    keyed.of('read').read(({ n }) => n).subscribe(); // prettier-ignore
    expect(alive()).toEqual(['running', 'subscribed', 'waiting', 'differs']);
    running.unsubscribe();
    subscribed.unsubscribe();
    waiting.unsubscribe();
    expect(alive()).toEqual(['differs']);
    keyed.of('differs').write({ n: 0 }).subscribe();
    expect(alive()).toEqual([]);
  });

  it('does not wait for another key', () => {
    const record = new Record();
    const keyed = keyedStateOwner(() => 0);
    keyed.of('slow').update(() => new Subject<number>()).subscribe(record.by('slow')); // prettier-ignore
    keyed.of('fast').update((n) => n + 1).subscribe(record.by('fast')); // prettier-ignore
    expect(record.take()).toEqual(['fast got 1']);
  });

  it('keeps its owner for as long as somebody holds the handle', () => {
    const keyed = keyedStateOwner(() => 0);
    const handle = keyed.of('a');
    handle.write(1).subscribe();
    handle.write(0).subscribe();
    expect(keyed.size).toBe(0);
    expect(keyed.of('a')).toBe(handle);
    handle.write(2).subscribe();
    expect([keyed.size, keyed.of('a').value]).toEqual([1, 2]);
  });

  it('gets a fresh owner after cancel', () => {
    const record = new Record();
    const keyed = keyedStateOwner(() => 0);
    const [live, idle] = [keyed.of('live'), keyed.of('idle')];
    live.update(() => new Subject<number>()).subscribe(record.by('running')); // prettier-ignore
    keyed.cancel('enough');
    expect(record.take()).toEqual(['running failed with CancelledError(enough)']);
    expect(keyed.size).toBe(0);
    expect(keyed.of('live')).not.toBe(live);
    expect(keyed.of('idle')).not.toBe(idle);
    expect(poll(idle.read((n) => n))).toEqual({ ok: false, closed: true });
    expect(poll(keyed.of('live').read((n) => n))).toEqual({ ok: true, value: 0 });
    keyed.of('live').cancel();
    expect(keyed.of('live').value).toBe(0);
    expect(poll(keyed.of('live').write(3))).toEqual({ ok: true, value: 3 });
    check(keyed);
  });
});
