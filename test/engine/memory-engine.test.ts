// What is true of the engine in memory besides the contract: it is exact, in virtual time, in every form of waiting.

import { of, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type Engine, go, memoryEngine, poll, select, sleep, work } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

function checked(engine: Engine): void {
  check(engine);
}

describe.each(FORMS)('waiting by $form', ({ perform }) => {
  it('a full queue lets those who send in, one for each that is settled, in the order in which they came', () => {
    const engine = memoryEngine();
    const jobs = engine.queue<string>('jobs', { capacity: 1, maxAttempts: 1 });
    const record = new Record();
    for (const value of ['a', 'b', 'c']) perform(jobs.send(value), record.by(value));
    record.add('-');
    for (const end of ['ack', 'nack'] as const) {
      perform(jobs.lease(), { ...record.by('lease'), next: (delivery) => delivery[end]() });
      checked(engine);
      record.add(end);
    }
    expect(record.lines).toEqual(['a got undefined', '-', 'b got undefined', 'ack', 'c got undefined', 'nack']);
  });

  it('a sender that was withdrawn leaves its turn to the next', () => {
    const engine = memoryEngine();
    const jobs = engine.queue<string>('jobs', { capacity: 1 });
    const record = new Record();
    perform(jobs.send('a'), record.by('a'));
    const withdraw = perform(jobs.send('b'), record.by('b'));
    perform(jobs.send('c'), record.by('c'));
    withdraw();
    checked(engine);
    jobs.lease().subscribe((delivery) => delivery.ack());
    jobs.lease().subscribe((delivery) => record.add(delivery.value));
    expect(record.lines.filter((line) => !line.startsWith('b'))).toEqual(['a got undefined', 'c got undefined', 'c']);
  });

  it('close: those who wait to send fail, whenClosed completes, join waits', () => {
    const engine = memoryEngine();
    const jobs = engine.queue<string>('jobs', { capacity: 1 });
    const record = new Record();
    perform(jobs.send('a'), record.by('a'));
    perform(jobs.send('b'), record.by('b'));
    perform(jobs.whenClosed(), record.by('whenClosed'));
    perform(jobs.join(), record.by('join'));
    expect([jobs.close(), jobs.close()]).toEqual([true, false]);
    checked(engine);
    record.add('-');
    jobs.lease().subscribe((delivery) => delivery.ack());
    expect(record.lines).toEqual([
      ...['a got undefined', 'b failed with ClosedError', 'whenClosed got undefined', '-', 'join got undefined'],
    ]);
  });

  it('a reader of dead letters that is cancelled fails whoever waits there, and nobody else', () => {
    const engine = memoryEngine();
    const jobs = engine.queue<string>('jobs', { maxAttempts: 1 });
    const [one, two] = [jobs.deadLetters(), jobs.deadLetters()];
    const record = new Record();
    perform(one.receive(), record.by('one'));
    perform(two.receive(), { ...record.by('two'), next: ({ value }) => record.add(`two got ${value}`) });
    perform(one.whenEnded(), record.by('one ended'));
    checked(one as never);
    expect([one.cancel('enough'), one.cancel()]).toEqual([true, false]);
    for (const letters of [one, two]) check(letters);
    jobs.send('a').subscribe();
    jobs.lease().subscribe((delivery) => delivery.nack());
    expect(record.lines).toEqual(['one failed with CancelledError(enough)', 'one ended got undefined', 'two got a']);
  });

  it('a withdrawn receive of a dead letter takes none', () => {
    const jobs = memoryEngine().queue<string>('jobs', { maxAttempts: 1 });
    const letters = jobs.deadLetters();
    const record = new Record();
    perform(letters.receive(), record.by('gone'))();
    record.take();
    jobs.send('a').subscribe();
    jobs.lease().subscribe((delivery) => delivery.nack());
    check(letters);
    expect([record.lines, letters.tryReceive().ok]).toEqual([[], true]);
  });

  it('an owner serves one after the other, and what a step returns is the state, whatever it is', () => {
    const owner = memoryEngine().owner<unknown>('state', 0);
    const record = new Record();
    const promise = Promise.resolve(1);
    perform(
      owner.update(() => promise),
      { ...record.by('update'), next: (is) => record.add(String(is === promise)) },
    );
    perform(
      owner.modify((is) => [of(1), is === promise]),
      record.by('modify'),
    );
    perform(owner.read(), { ...record.by('read'), next: (is) => record.add(typeof is) });
    expect(record.lines).toEqual(['true', 'modify got true', 'object']);
  });

  it('a call is answered in the frame in which its handler ends', () => {
    const record = new Record();
    virtual(() => {
      const engine = memoryEngine();
      engine
        .serve<number, number>('calc', function* (n) {
          yield* sleep(n);
          return frame();
        })
        .subscribe();
      perform(engine.call('calc')(5), record.by('call'));
      perform(engine.call('calc', { timeout: 3 })(5), record.by('short'));
    });
    expect(record.lines).toEqual(['short failed with TimeoutError', 'call got 5']);
  });
});

describe('the engine in memory', () => {
  it('shares nothing with another', () => {
    memoryEngine().queue('jobs').send(1).subscribe();
    expect(poll(memoryEngine().queue('jobs').unfinished())).toEqual({ ok: true, value: 0 });
  });

  it('gives one handle for one name', () => {
    const engine = memoryEngine();
    expect(engine.queue('a')).toBe(engine.queue('a'));
    expect(engine.queue('a')).not.toBe(engine.queue('b'));
    expect(engine.owner('a', 1)).toBe(engine.owner('a', 2));
    expect(engine.topic('a')).toBe(engine.topic('a'));
  });

  it('passes values as they are', () => {
    const value = { f: (): void => undefined };
    const jobs = memoryEngine().queue('jobs');
    jobs.send(value).subscribe();
    jobs.lease().subscribe((delivery) => expect(delivery.value).toBe(value));
    expect.assertions(1);
  });

  it('says what it is', () => {
    const engine = memoryEngine();
    const jobs = engine.queue('jobs', { capacity: 1 });
    jobs.send(1).subscribe();
    expect(title(engine)).toMatch(/^memoryEngine#\d+ \(1 queues, 0 owners, 0 topics, 0 serving, open\)$/);
    expect([jobs, jobs.lease(), jobs.join(), jobs.deadLetters()].map(title)).toEqual([
      'engine queue jobs (1/Infinity, open)',
      'lease on jobs',
      'join of jobs',
      "jobs's dead letters (0 to take)",
    ]);
    expect(title(engine.owner('o', 1))).toBe('engine owner o (idle)');
    engine.close().subscribe();
    expect(title(engine)).toContain('closed');
  });

  it('a send and a lease are ready, and cases of a select, when they would not wait', () => {
    const jobs = memoryEngine().queue<string>('jobs', { capacity: 1 });
    expect([poll(jobs.lease()).ok, poll(jobs.send('a')).ok, poll(jobs.send('b')).ok]).toEqual([false, true, false]);
    const chosen: string[] = [];
    select({ send: jobs.send('b'), lease: jobs.lease() }).subscribe(({ key }) => chosen.push(key));
    expect(chosen).toEqual(['lease']);
  });

  it('a lease that runs out is a dead letter after its last attempt, and makes room', () => {
    const record = new Record();
    virtual(() => {
      const engine = memoryEngine();
      const jobs = engine.queue<string>('jobs', {
        capacity: 1,
        maxAttempts: 1,
        leaseMs: 10,
        onDeadLetter: ({ value, error }) => record.add(`${frame()} dead: ${value}, ${(error as Error).name}`),
      });
      jobs.send('a').subscribe();
      jobs.send('b').subscribe(() => record.add(`${frame()} b`));
      jobs.lease().subscribe();
      at(11, () => checked(engine));
    });
    expect(record.lines).toEqual(['10 dead: a, TimeoutError', '10 b']);
  });

  it('what a hook for dead letters throws is reported, and keeps nobody from being let in', () => {
    const record = new Record();
    const reported = reportsOf(() => {
      const jobs = memoryEngine().queue<string>('jobs', {
        capacity: 1,
        maxAttempts: 1,
        onDeadLetter: () => {
          throw new Error('hook');
        },
      });
      jobs.send('a').subscribe();
      jobs.send('b').subscribe(record.by('b'));
      jobs.lease().subscribe((delivery) => delivery.nack());
      jobs.deadLetters().subscribe(({ value }) => record.add(`letter ${value}`));
    });
    expect([record.lines, reported.map(String)]).toEqual([['b got undefined', 'letter a'], ['Error: hook']]);
  });

  it('who sends from inside the callback of one who was let in stands behind those who waited', () => {
    const engine = memoryEngine();
    const jobs = engine.queue<string>('jobs', { capacity: 2 });
    const record = new Record();
    for (const value of ['a', 'b']) jobs.send(value).subscribe();
    jobs.send('c').subscribe(() => jobs.send('e').subscribe(() => record.add('e')));
    jobs.send('d').subscribe(() => record.add('d'));
    jobs.lease().subscribe((first) => {
      jobs.lease().subscribe((second) => {
        first.ack();
        second.ack();
      });
    });
    checked(engine);
    jobs.lease().subscribe((delivery) => delivery.ack());
    expect(record.lines).toEqual(['d', 'e']);
  });

  it('a subscriber to dead letters gets each, competes with others, and completes at the end', () => {
    const engine = memoryEngine();
    const jobs = engine.queue<number>('jobs', { maxAttempts: 1 });
    const record = new Record();
    const [one, two] = [jobs.deadLetters(), jobs.deadLetters()];
    one.pipe(take(1)).subscribe({ next: ({ value }) => record.add(`one ${value}`) });
    two.subscribe({ next: ({ value }) => record.add(`two ${value}`), complete: () => record.add('end') });
    for (const n of [1, 2, 3]) {
      jobs.send(n).subscribe();
      jobs.lease().subscribe((delivery) => delivery.nack());
    }
    two.whenEnded().subscribe(() => record.add('ended'));
    jobs.close();
    for (const letters of [one, two]) check(letters);
    expect(record.lines).toEqual(['one 1', 'two 2', 'two 3', 'end', 'ended']);
  });

  it('one who waited for the end of dead letters and left is not told', () => {
    const jobs = memoryEngine().queue<number>('jobs');
    const letters = jobs.deadLetters();
    const record = new Record();
    const left = letters.whenEnded().subscribe(record.by('left'));
    letters.whenEnded().subscribe(record.by('stayed'));
    left.unsubscribe();
    check(letters);
    jobs.close();
    check(letters);
    expect(record.lines).toEqual(['stayed got undefined']);
  });

  it('closed: handlers of work run to their end, their deliveries are stale, and then work fails', () => {
    const record = new Record();
    virtual(() => {
      const engine = memoryEngine();
      const jobs = engine.queue<string>('jobs');
      jobs.send('a').subscribe();
      work(jobs, function* () {
        try {
          yield* sleep(100);
        } finally {
          record.add('handler ended');
        }
      }, { concurrency: 2 }).subscribe(record.all('work')); // prettier-ignore
      at(5, () => engine.close().subscribe(record.by('close')));
      at(6, () => checked(engine));
    });
    expect(record.lines).toEqual([
      'close got undefined',
      'handler ended',
      'work got undefined',
      'work failed with CancelledError(undefined)',
    ]);
  });

  it('closed by a handler: that handler is cancelled at its next wait', () => {
    const record = new Record();
    virtual(() => {
      const engine = memoryEngine();
      engine
        .serve('s', function* () {
          engine.close().subscribe(record.by('close'));
          try {
            yield* sleep(1);
            record.add('not cancelled');
          } finally {
            record.add('handler ended');
          }
        })
        .subscribe(record.all('serve'));
      go(engine.call('s')(1)).subscribe(record.by('call'));
    });
    expect(record.lines.filter((line) => !line.startsWith('call'))).toEqual([
      'serve completed',
      'handler ended',
      'close got undefined',
    ]);
    expect(record.lines.find((line) => line.startsWith('call'))).toMatch(/^call failed with CancelledError/);
  });

  it('serves in turn', () => {
    const engine = memoryEngine();
    const record = new Record();
    for (const name of ['one', 'two', 'three']) engine.serve('s', () => of(name)).subscribe();
    const call = engine.call<number, string>('s');
    for (let i = 0; i < 6; i++) call(i).subscribe((name) => record.add(name));
    expect(record.lines).toEqual(['two', 'three', 'one', 'two', 'three', 'one']);
  });

  it('leaves no timer behind', () => {
    // The virtual clock runs to the last of them.
    const last = virtual(() => {
      const engine = memoryEngine();
      const jobs = engine.queue('jobs', { leaseMs: 1000 });
      jobs.send(1).subscribe();
      jobs.lease().subscribe();
      engine.serve('s', () => sleep(1000)).subscribe();
      engine
        .call('s', { timeout: 500 })(1)
        .subscribe({ error: () => undefined });
      at(10, () => engine.close().subscribe());
    });
    expect(last).toBe(10);
  });
});
