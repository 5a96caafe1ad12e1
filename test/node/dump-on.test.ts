// `dumpOn`: a process that gets the signal prints what runs, and goes on.

import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { inspection } from '../../src/core/inspection.ts';
import { turn } from '../../src/core/turn.ts';
import { dumpOn } from '../../src/node/index.ts';
import { program } from './real.ts';

/** Sends one of `signals` each time the program says `ready`. */
function signalled(text: string, ...signals: NodeJS.Signals[]): ReturnType<typeof program> {
  return program(`const { dumpOn } = node;${text}`, (child) => {
    child.stdout?.on('data', (data: string) => {
      for (let said = data.split('ready').length; said > 1; said--) child.kill(signals.shift());
    });
  });
}

const timeless = (text: string): string => text.replace(/\d+(\.\d)? (ms|s)/g, '… ms');

describe('dumpOn', () => {
  it('prints the tree of tasks to stderr, by itself, and the program goes on', async () => {
    const ran = await signalled(
      `
        dumpOn('SIGUSR2');
        const orders = channel({ name: 'orders' });
        await main(function* () {
          yield* taskGroup(function* (group) {
            group.go(function* () { yield* orders.receive(); }, { name: 'clerk' });
            console.log('ready');
            yield* sleep(300);
            yield* orders.send(1);
          }, { name: 'shop' });
        });
        console.log('went on');
      `,
      'SIGUSR2',
    );
    expect({ ...ran, stderr: '' }).toEqual({ code: 0, signal: null, stdout: 'ready\nwent on\n', stderr: '' });
    const lines = timeless(ran.stderr).split('\n');
    expect(lines[0]).toMatch(/^\d tasks$/);
    expect(lines).toContainEqual(expect.stringMatching(/^└─ main: waits … ms for /));
    expect(lines).toContainEqual(expect.stringMatching(/ {3}[├└]─ clerk: waits … ms for receive on orders$/));
    expect(lines).toContainEqual(expect.stringMatching(/─ channel orders.* ◄─ clerk$/));
  });

  it('prints a deadlock as a ring, which nothing keeps the process alive for', async () => {
    const { stderr, code } = await signalled(
      `
        dumpOn('SIGUSR2');
        const [a, b] = ['a', 'b'].map((name) => lib.mutex({ name }));
        for (const [name, first, second] of [['one', a, b], ['two', b, a]])
          go(function* () { yield* first.lock(); yield* sleep(1); yield* second.lock(); }, { name }).subscribe();
        setTimeout(() => console.log('ready'), 50);
        setTimeout(() => undefined, 500);
      `,
      'SIGUSR2',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('one: waits');
    expect(stderr.split('\n').filter((line) => line.includes('─ one: ') && line.endsWith('✖ deadlock 1'))).toHaveLength(
      1,
    );
    expect(stderr).toContain('deadlock 1: each waits for the next\n┌─► ');
  });

  it('prints at each signal, and for each call', async () => {
    const { stderr } = await signalled(
      `
        dumpOn('SIGUSR2');
        const second = dumpOn('SIGUSR2');
        console.log('ready');
        setTimeout(() => { second.unsubscribe(); console.log('ready'); }, 200);
        setTimeout(() => undefined, 400);
      `,
      'SIGUSR2',
      'SIGUSR2',
    );
    expect(stderr).toBe('no tasks\n'.repeat(3));
  });

  it('does not keep the process alive, and stopped leaves the signal its usual effect', async () => {
    const idle = await program(`node.dumpOn('SIGUSR2');`);
    expect(idle).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    const stopped = await signalled(
      `
        dumpOn('SIGUSR2').unsubscribe();
        console.log('ready');
        setTimeout(() => undefined, 20_000);
      `,
      'SIGUSR2',
    );
    expect([stopped.signal, stopped.stderr]).toEqual(['SIGUSR2', '']);
  });

  it('turns inspection on, and off again', () => {
    expect(turn.watch).toBeNull();
    const first = dumpOn('SIGUSR2');
    const second = dumpOn('SIGUSR2');
    expect(process.listenerCount('SIGUSR2')).toBe(2);
    first.unsubscribe();
    first.unsubscribe();
    expect(turn.watch).not.toBeNull();
    second.unsubscribe();
    expect([process.listenerCount('SIGUSR2'), turn.watch, inspection.listeners.size]).toEqual([0, null, 0]);
  });

  it.each([undefined, 'SIGNOTHING', 'SIGKILL', 'SIGSTOP', 12, {}])('rejects %j', (wrong) => {
    expect(() => dumpOn(wrong as never)).toThrow(TypeError);
    expect([turn.watch, process.eventNames().includes('SIGUSR2')]).toEqual([null, false]);
  });
});
