import { NEVER, Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { go, keyedStateOwner, type KeyedStateOwner, poll, type StateOwner } from '../../src/index.ts';
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

  it('lives for its first subscriber already while that is given the state', () => {
    const keyed = keyedStateOwner(() => 0);
    const sizes: number[] = [];
    keyed.of('a').subscribe(() => sizes.push(keyed.size));
    expect(sizes).toEqual([1]);
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

describe('7.7 a key that was cancelled', () => {
  /** Whether the key has one owner, and another than it had. */
  const isFresh = (keyed: KeyedStateOwner<string, number>, old: StateOwner<number>): boolean => {
    const owner = keyed.of('a');
    return owner !== old && keyed.of('a') === owner;
  };

  it('does not live, whatever its state is', () => {
    const keyed = keyedStateOwner(() => 0);
    keyed.of('a').write(1).subscribe();
    keyed.of('a').cancel();
    expect([keyed.size, keyed.of('a').value]).toEqual([0, 0]);
    check(keyed);
  });

  it.each<[string, (old: StateOwner<number>, told: () => void) => void]>([
    [
      'the one whose step has cancelled it',
      (old, told) => old.update(() => (old.cancel(), 2)).subscribe({ error: told }),
    ],
    [
      'one whose step was running',
      (old, told) => {
        old.update(() => NEVER).subscribe({ error: told });
        old.cancel();
      },
    ],
    [
      'a subscriber that cancels it',
      (old, told) => {
        old.subscribe((n) => {
          if (n !== 2) return;
          old.cancel();
          told();
        });
        old.write(2).subscribe();
      },
    ],
  ])('has a fresh owner for %s, and that one alone from then on', (_, play) => {
    const keyed = keyedStateOwner<string, number>(() => 0);
    const old = keyed.of('a');
    const fresh: boolean[] = [];
    old.write(1).subscribe();
    play(old, () => fresh.push(isFresh(keyed, old)));
    fresh.push(isFresh(keyed, old));
    expect([fresh, keyed.size]).toEqual([[true, true], 0]);
    check(keyed);
  });

  it('with all others lets coroutines that wait go on before the cancel returns', () => {
    const record = new Record();
    const keyed = keyedStateOwner(() => 0);
    go(function* () {
      try {
        yield* keyed.of('a').update(() => NEVER);
      } finally {
        record.add('clean');
      }
    }).subscribe(record.by('task'));
    keyed.cancel('enough');
    expect(record.take()).toEqual(['clean', 'task failed with CancelledError(enough)']);
  });
});

describe('7.7 an owner that nobody holds', () => {
  /** Stands for the collector of garbage: what it takes is what the test says. */
  const refs: { target: object | undefined; asked: number }[] = [];
  let collect: (key: unknown) => void = () => undefined;

  beforeEach(() => {
    vi.stubGlobal(
      'WeakRef',
      class {
        target: object | undefined;
        asked = 0;
        constructor(target: object) {
          this.target = target;
          refs.push(this);
        }
        deref(): object | undefined {
          this.asked++;
          return this.target;
        }
      },
    );
    vi.stubGlobal(
      'FinalizationRegistry',
      class {
        constructor(cleanUp: (key: unknown) => void) {
          collect = cleanUp;
        }
        register(): void {
          // The test says when.
        }
      },
    );
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    refs.length = 0;
  });

  it('is made anew for the next who asks, and that one stays when the old one is cleared away', () => {
    const keyed = keyedStateOwner(() => 0);
    const old = keyed.of('a');
    refs[0]!.target = undefined;
    const fresh = keyed.of('a');
    expect(fresh).not.toBe(old);
    collect('a');
    expect(keyed.of('a')).toBe(fresh);
  });

  it('leaves nothing behind, and is no longer asked after', () => {
    const keyed = keyedStateOwner(() => 0);
    keyed.of('a');
    refs[0]!.target = undefined;
    collect('a');
    refs[0]!.asked = 0;
    keyed.cancel();
    expect(refs[0]!.asked).toBe(0);
  });

  it('is passed over by a cancel, before it is cleared away or after', () => {
    const keyed = keyedStateOwner(() => 0);
    keyed.of('a');
    refs[0]!.target = undefined;
    keyed.cancel();
    collect('a');
    expect(keyed.of('a').value).toBe(0);
  });
});
