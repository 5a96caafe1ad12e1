import { asyncScheduler, type Unsubscribable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Random } from '../src/base/random.ts';
import { type EngineDelivery, memoryEngine, type ReceiveChannel, sleep } from '../src/index.ts';
import type { Program } from './program.ts';

const counts = { programs: 0, steps: 0, sent: 0, refused: 0, acks: 0, dead: 0, letters: 0, calls: 0, ended: 0 };

/** Where a value is: the account that is kept of it beside the engine. */
type Where = 'waiting' | 'in' | 'leased' | 'dead' | 'settled' | 'withdrawn' | 'refused';

/** Workers, senders, readers of dead letters, and those who call and serve come and go; every value and every call ends once. */
export const engines: Program = {
  name: 'engines',
  counts,
  run(random: Random, steps: number): void {
    counts.programs++;
    new TestScheduler(() => undefined).run(({ flush }) => {
      play(random, steps);
      flush();
    });
  },
};

function play(random: Random, steps: number): void {
  const engine = memoryEngine();
  const where = new Map<number, Where>();
  const ids = new Map<number, string>();
  const deliveries: EngineDelivery<number>[] = [];
  const waiting: Unsubscribable[] = [];
  const serving: Unsubscribable[] = [];
  const readers: ReceiveChannel<{ value: number }>[] = [];
  let calls = 0;
  let answered = 0;
  let running = 0;
  let total = 0;
  const capacity = 1 + random.below(4);
  const concurrency = 1 + random.below(3);
  const queue = engine.queue<number>('jobs', {
    capacity,
    maxAttempts: 2,
    onDeadLetter: ({ value }) => {
      counts.dead++;
      move(value, 'leased', 'dead');
    },
  });
  const owner = engine.owner('total', 0);

  function move(value: number, from: Where, to: Where): void {
    if (where.get(value) !== from) throw new Error(`${value} was ${String(where.get(value))}, and is ${to}`);
    where.set(value, to);
  }
  const countOf = (...which: Where[]): number => [...where.values()].filter((one) => which.includes(one)).length;

  function look(): void {
    (engine as unknown as { check(): void }).check();
    let unfinished = -1;
    queue.unfinished().subscribe((n) => (unfinished = n));
    const expected = countOf('in', 'leased');
    if (unfinished !== expected) throw new Error(`${expected} are unfinished, and not ${unfinished}`);
    if (unfinished < capacity && countOf('waiting') > 0) throw new Error('one waits to send where there is room');
    if (owner.value !== total) throw new Error(`the total is ${total}, and not ${owner.value}`);
  }

  function send(value: number): void {
    where.set(value, 'waiting');
    const sending = queue.send(value).subscribe({
      next: () => {
        counts.sent++;
        // Whoever waited for it may have it already.
        if (where.get(value) === 'waiting') where.set(value, 'in');
      },
      error: () => {
        counts.refused++;
        move(value, 'waiting', 'refused');
      },
    });
    sending.add(() => where.get(value) === 'waiting' && where.set(value, 'withdrawn'));
    waiting.push(sending);
  }

  function took(delivery: EngineDelivery<number>): void {
    const { value, id } = delivery;
    if (where.get(value) === 'waiting') where.set(value, 'in');
    move(value, 'in', 'leased');
    if ((ids.get(value) ?? id) !== id) throw new Error(`${value} has another id at its second delivery`);
    ids.set(value, id);
    deliveries.push(delivery);
  }

  function settle(act: (delivery: EngineDelivery<number>) => void): void {
    const delivery = deliveries.splice(random.below(Math.max(1, deliveries.length)), 1)[0];
    if (delivery !== undefined) act(delivery);
  }

  function read(): void {
    const letters = queue.deadLetters();
    readers.push(letters);
    letters.subscribe({
      next: ({ value }) => {
        counts.letters++;
        move(value, 'dead', 'settled');
      },
      error: () => undefined,
    });
  }

  function serve(): void {
    let mine = 0;
    const handler = function* (n: number) {
      running++;
      if (++mine > concurrency) throw new Error('more run than may');
      try {
        yield* sleep(n);
        return n;
      } finally {
        // Which may be cut, by a cancel that comes now.
        try {
          yield* sleep(1);
        } finally {
          mine--;
          running--;
        }
      }
    };
    serving.push(engine.serve('calc', handler, { concurrency }).subscribe());
  }

  function call(n: number): void {
    calls++;
    counts.calls++;
    const performed = engine
      .call<number, number>('calc')(n)
      .subscribe({
        next: (value) => {
          if (value !== n) throw new Error(`asked for ${n}, got ${value}`);
        },
        error: () => undefined,
      });
    // Answered, failed or withdrawn.
    performed.add(() => answered++);
    waiting.push(performed);
  }

  function act(step: number): void {
    counts.steps++;
    const what = random.below(20);
    if (what < 6) send(step);
    else if (what < 10) waiting.push(queue.lease().subscribe({ next: took, error: () => undefined }));
    else if (what < 12)
      settle((delivery) => {
        counts.acks++;
        move(delivery.value, 'leased', 'settled');
        delivery.ack();
      });
    else if (what < 14)
      settle((delivery) => {
        if (delivery.attempt < 2) move(delivery.value, 'leased', 'in');
        delivery.nack();
      });
    else if (what === 14)
      settle((delivery) => {
        move(delivery.value, 'leased', 'in');
        delivery.release?.();
      });
    else if (what === 15) waiting[random.below(Math.max(1, waiting.length))]?.unsubscribe();
    else if (what === 16) {
      if (readers.length < 2) read();
      else readers.shift()?.cancel();
    } else if (what === 17) {
      if (serving.length < 2) serve();
      else serving.shift()?.unsubscribe();
    } else if (what === 18) call(random.below(6));
    else {
      total++;
      owner.update((n) => n + 1).subscribe();
    }
    look();
  }

  for (let step = 0; step < steps; step++) asyncScheduler.schedule(() => act(step), 3 * step);
  asyncScheduler.schedule(() => {
    engine.close().subscribe(() => counts.ended++);
    (engine as unknown as { check(): void }).check();
    if (countOf('waiting') > 0) throw new Error('one waits to send to what is closed');
  }, 3 * steps);
  asyncScheduler.schedule(
    () => {
      if (answered !== calls || running > 0) throw new Error(`${calls - answered} calls hang, ${running} handlers run`);
    },
    3 * steps + 20,
  );
}
