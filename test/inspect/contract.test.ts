// `rxsluice/inspect` as its contract and section 14 of the semantics have it, from outside: what a stranger would try.

import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  broadcast,
  channel,
  coroutine,
  gate,
  go,
  mutex,
  queue,
  sleep,
  stateOwner,
  taskGroup,
  trySelect,
} from '../../src/index.ts';
import { type Finding, inspect, type InspectOptions, type Inspector } from '../../src/inspect/index.ts';
import { drawAscii, drawSvg } from '../../src/testing/index.ts';
import { at, virtual } from '../virtual.ts';

const ignored = { error: () => undefined };

/** What is found of `program`, in virtual time. */
function found(options: InspectOptions, program: (inspector: Inspector) => void, ms = 200): string[] {
  const findings: Finding[] = [];
  virtual(() => {
    const inspector = inspect(options);
    inspector.findings$.subscribe((finding) => findings.push(finding));
    program(inspector);
    at(ms, () => {
      inspector.stop();
    });
  });
  return findings.map(({ kind, task, place }) => [kind, task, place].join());
}

/** The same in real time, where steps take some. */
async function foundLive(options: InspectOptions, program: () => void, ms = 150): Promise<Finding[]> {
  const findings: Finding[] = [];
  const inspector = inspect(options);
  inspector.findings$.subscribe((finding) => findings.push(finding));
  try {
    program();
    await new Promise((resolve) => setTimeout(resolve, ms));
  } finally {
    inspector.stop();
  }
  return findings;
}

function burn(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

describe('a snapshot', () => {
  it('taken in the middle of everything is consistent', () => {
    using inspector = inspect();
    const orders = channel<number>({ name: 'orders', capacity: 2 });
    const states: string[] = [];
    const snap = (): void => {
      const { tasks, places } = inspector.snapshot();
      for (const { id, name, state, waitingFor } of tasks) {
        states.push(`${name} ${state}${waitingFor === null ? '' : ` ${waitingFor}`}`);
        const here = places.filter(({ waiting }) => waiting.includes(id));
        expect(here.length > 0).toBe(waitingFor !== null && state === 'waiting');
      }
      states.push('—');
    };
    for (const name of ['first', 'second'])
      go(
        function* () {
          yield* orders.receive();
          snap();
        },
        { name },
      );
    snap();
    orders.subscribe(() => {
      snap();
    });
    orders.trySend(1);
    orders.trySend(2);
    orders.trySend(3);
    orders.close();
    expect(states).toEqual([
      ...['first waiting receive on orders', 'second waiting receive on orders', '—'],
      ...['first running', 'second waiting receive on orders', '—'],
      ...['second running', '—'],
      '—',
    ]);
  });

  it('has every kind of place by its name, with its text and who waits', () => {
    using inspector = inspect();
    const places = [
      channel({ name: 'c' }),
      queue({ name: 'q' }),
      mutex({ name: 'm' }),
      gate({ name: 'g' }),
      stateOwner(0, { name: 'o' }),
      broadcast({ name: 'b' }),
    ];
    const known = inspector.snapshot().places;
    for (const place of places) {
      const info = known.find(({ name }) => name === place.name);
      expect(info, place.name).toMatchObject({ text: String(place), waiting: [] });
    }
  });

  it('knows nothing of what was made before, or after it stopped', () => {
    const before = channel({ name: 'before' });
    const early = go(() => before.receive(), { name: 'early' });
    early.subscribe(ignored);
    const inspector = inspect();
    const during = channel({ name: 'during' });
    const names = (): string[] =>
      [...inspector.snapshot().tasks, ...inspector.snapshot().places].map(({ name }) => name);
    expect(names()).toEqual([during.name]);
    inspector.stop();
    channel({ name: 'after' });
    expect(names()).not.toContain('after');
    void early.cancel();
  });

  it('escapes names', () => {
    using inspector = inspect();
    const evil = 'a\u001b[2J\u202eb';
    const c = channel({ name: evil });
    const task = go(() => c.receive(), { name: evil });
    task.subscribe(ignored);
    const text = JSON.stringify(inspector.snapshot());
    expect(text).not.toMatch(/\\u001b|\u202e/);
    void task.cancel();
  });

  it('says where a task was started, if asked to', () => {
    using inspector = inspect({ stacks: true });
    const c = channel();
    const task = go(() => c.receive());
    task.subscribe(ignored);
    expect(inspector.snapshot().tasks[0]?.startedAt).toMatch(/contract\.test\.ts:\d+/);
    void task.cancel();
  });

  it('shows the tree of groups and coroutines', () => {
    using inspector = inspect();
    const c = channel({ name: 'c' });
    const task = go(
      taskGroup(function* (group) {
        group.go(() => c.receive(), { name: 'child' });
        yield* coroutine(function* () {
          yield* c.receive();
        });
      }),
      { name: 'root' },
    );
    task.subscribe(ignored);
    const { tasks } = inspector.snapshot();
    const root = tasks.find(({ name }) => name === 'root');
    let child = tasks.find(({ name }) => name === 'child');
    const path: string[] = [];
    while (child !== undefined) {
      path.push(child.name);
      child = tasks.find(({ id }) => id === child?.parent);
    }
    expect(path.at(-1)).toBe(root?.name);
    void task.cancel();
  });

  it('shows the children of a group below who waits for it, also when its body has ended', () => {
    using inspector = inspect();
    const c = channel({ name: 'c' });
    const task = go(
      taskGroup((group) => {
        group.go(() => c.receive(), { name: 'child' });
        return EMPTY;
      }),
      { name: 'root' },
    );
    task.subscribe(ignored);
    expect(inspector.snapshot().tasks).toMatchObject([
      { name: 'root', parent: null },
      { name: 'child', parent: inspector.snapshot().tasks[0]?.id },
    ]);
    void task.cancel();
  });

  it('says who cleans up', () => {
    virtual(() => {
      const inspector = inspect();
      const task = go(
        function* () {
          try {
            yield* sleep(1000);
          } finally {
            yield* sleep(10);
          }
        },
        { name: 'tidy' },
      );
      task.subscribe(ignored);
      void task.cancel();
      at(4, () => {
        expect(inspector.snapshot().tasks).toMatchObject([{ name: 'tidy', state: 'cleaning', forMs: 4 }]);
        inspector.stop();
      });
    });
  });
});

describe('findings', () => {
  it('name a step that takes long; not many short ones', async () => {
    const findings = await foundLive({ slowStep: 1000 }, () => {
      go(
        function* () {
          yield* sleep(1);
          burn(1200);
        },
        { name: 'slow' },
      );
      go(
        function* () {
          for (let i = 0; i < 100; i++) {
            yield* sleep(0);
            burn(4);
          }
        },
        { name: 'quick' },
      );
    });
    expect(findings).toMatchObject([{ kind: 'slowStep', task: 'slow' }]);
    expect(findings[0]?.message).toMatch(/slow.*\d+ ms/);
  });

  it('name a wait that takes long, while it lasts, and only once', () => {
    const program = (ms: number) => (): void => {
      const c = channel<number>({ name: 'c' });
      go(() => c.receive(), { name: 'waiter' });
      at(ms, () => c.trySend(1));
    };
    expect(found({ longWait: 50 }, program(120))).toEqual([expect.stringMatching(/^longWait,waiter,/)]);
    expect(found({ longWait: 50 }, program(49))).toEqual([]);
    expect(found({}, program(120))).toEqual([]);
  });

  it('name a buffer that only grows', () => {
    const program = (drains: boolean) => (): void => {
      const c = channel<number>({ name: 'c', capacity: Infinity });
      go(function* () {
        for (let i = 0; i < 20_000; i++) {
          yield* c.send(i);
          if (drains) c.tryReceive();
          if (i % 100 === 0) yield* sleep(1);
        }
      });
    };
    expect(found({}, program(false), 300)).toEqual([expect.stringMatching(/^growing,.*,c$/)]);
    expect(found({}, program(true), 300)).toEqual([]);
  });

  it('name two subscribers that split a channel; not two that take turns, nor workers that receive', () => {
    const splits = found({}, () => {
      const c = channel<number>({ name: 'c', capacity: 9 });
      c.subscribe();
      c.subscribe();
      c.trySend(1);
      c.trySend(2);
    });
    expect(splits).toEqual([expect.stringMatching(/^splitSubscribers,.*,c$/)]);
    const fine = found({}, () => {
      const c = channel<number>({ name: 'c', capacity: 9 });
      c.subscribe().unsubscribe();
      c.subscribe().unsubscribe();
      for (const name of ['a', 'b']) go(() => c.receive(), { name });
      c.trySend(1);
      c.trySend(2);
    });
    expect(fine).toEqual([]);
  });

  it('name a body that goes on after its cancel; not one whose finally takes its time', () => {
    const stubborn = found({}, () => {
      const task = go(
        function* () {
          for (let i = 0; i < 3; i++) {
            try {
              yield* sleep(10);
            } finally {
              // eslint-disable-next-line no-unsafe-finally -- it is what this is about
              continue;
            }
          }
        },
        { name: 'stubborn' },
      );
      task.subscribe(ignored);
      at(5, () => void task.cancel());
    });
    expect(stubborn).toEqual([expect.stringMatching(/^ignoredCancel,stubborn,/)]);
    const tidy = found({}, () => {
      const task = go(
        function* () {
          try {
            yield* sleep(10);
          } finally {
            yield* sleep(20);
            yield* sleep(20);
          }
        },
        { name: 'tidy' },
      );
      task.subscribe(ignored);
      at(5, () => void task.cancel());
    });
    expect(tidy).toEqual([]);
  });

  it('name a loop that spins; not one that waits, and not one that is done', async () => {
    const findings = await foundLive(
      { slowStep: 10_000 },
      () => {
        const c = channel<number>({ name: 'c' });
        let isOver = false;
        setTimeout(() => (isOver = true), 600);
        const open = gate();
        open.set();
        go(
          function* () {
            while (!isOver) {
              yield* open.wait();
              trySelect({ c: c.receive() });
            }
          },
          { name: 'spinner' },
        );
        go(
          function* () {
            for (let i = 0; i < 20; i++) yield* sleep(1);
          },
          { name: 'patient' },
        );
      },
      700,
    );
    expect(findings.map(({ kind, task }) => `${kind} ${task}`)).toEqual(['spinning spinner']);
  });

  it('name a lease that is never settled', () => {
    const program = (settles: boolean) => (): void => {
      const jobs = queue<number>({ name: 'jobs' });
      jobs.trySend(1);
      jobs.lease().subscribe((delivery) => {
        if (settles) at(10, () => delivery.ack());
      });
    };
    expect(found({ longWait: 50 }, program(false))).toEqual([expect.stringMatching(/^(stuckLease|longWait),.*,jobs$/)]);
    expect(found({ longWait: 50 }, program(true))).toEqual([]);
  });
});

describe('a timeline', () => {
  it('is of what happened, for drawAscii and drawSvg', () => {
    virtual(() => {
      const inspector = inspect();
      const orders = channel<number>({ name: 'orders', capacity: 4 });
      const other = channel<number>({ name: 'other', capacity: 4 });
      go(
        function* () {
          for (const n of [1, 2]) {
            yield* orders.send(n);
            yield* other.send(n);
            yield* sleep(3);
          }
        },
        { name: 'customer' },
      );
      at(10, () => {
        const timeline = inspector.timeline({ names: ['orders'] });
        const text = drawAscii(timeline);
        expect(text).toContain('orders');
        expect(text).not.toContain('other');
        expect(text).toMatch(/1--2/);
        expect(drawSvg(timeline)).toMatch(/^<svg/);
        expect(drawAscii(inspector.timeline())).toContain('customer');
        expect(inspector.timeline({ events: 1 }).rows.flatMap(({ events }) => events).length).toBeLessThanOrEqual(1);
        inspector.stop();
      });
    });
  });
});

describe('inspect', () => {
  it('shares among nested calls: the last stop turns it off', () => {
    const outer = inspect();
    const inner = inspect();
    const c = channel({ name: 'c' });
    const task = go(() => c.receive(), { name: 't' });
    task.subscribe(ignored);
    inner.stop();
    inner.stop();
    expect(outer.snapshot().tasks.map(({ name }) => name)).toEqual(['t']);
    outer[Symbol.dispose]();
    void task.cancel();
  });

  it.each([[{ slowStep: -1 }], [{ slowStep: NaN }], [{ longWait: -1 }], [{ longWait: '5' }]])(
    'rejects %j',
    (options) => {
      expect(() => inspect(options as never)).toThrow(RangeError);
    },
  );

  it.each([[null], [5], [[]]])('rejects %j', (options) => {
    expect(() => inspect(options as never)).toThrow(TypeError);
  });
});
