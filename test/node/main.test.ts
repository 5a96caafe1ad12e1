// 11.8: the program: its signals, its clean-up, its exit code.

import { describe, expect, it, vi } from 'vitest';
import { type Coroutine, sleep } from '../../src/index.ts';
import { main } from '../../src/node/index.ts';
import { program } from './real.ts';

/** Sends `signals`, each when the program says `ready`. */
function signalled(text: string, ...signals: NodeJS.Signals[]): ReturnType<typeof program> {
  return program(text, (child) => {
    child.stdout?.on('data', (data: string) => {
      for (let said = data.split('ready').length; said > 1; said--) child.kill(signals.shift());
    });
  });
}

describe('main', () => {
  it('runs its body, and ends with code 0', async () => {
    const ran = await program(
      `await main(function* ({ name }) { yield* sleep(1); console.log(name); }); console.log(process.exitCode);`,
    );
    expect(ran).toEqual({ code: 0, signal: null, stdout: 'main\n0\n', stderr: '' });
  });

  it('leaves a code that the body has set', async () => {
    const { code } = await program(`await main(function* () { process.exitCode = 3; });`);
    expect(code).toBe(3);
  });

  it('prints an error, of the clean-up too, and ends with code 1; it never rejects', async () => {
    for (const body of [`throw new Error('boom')`, `try { yield* sleep(1); } finally { throw new Error('boom'); }`]) {
      const { code, stdout, stderr } = await program(`await main(function* () { ${body} }); console.log('went on');`);
      expect([code, stdout]).toEqual([1, 'went on\n']);
      expect(stderr).toContain('Error: boom\n    at ');
    }
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is cancelled by %s, waits for the clean-up, and ends with code %i', async (signal, code) => {
    const ran = await signalled(
      `
        await main(function* ({ signal }) {
          signal.addEventListener('abort', () => console.log('aborted', signal.reason));
          try { console.log('ready'); yield* sleep(Infinity); } finally { yield* sleep(50); console.log('cleaned'); }
        });
        console.log(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM'));
      `,
      signal,
    );
    expect(ran).toEqual({ code, signal: null, stdout: `ready\naborted ${signal}\ncleaned\n0\n`, stderr: '' });
  });

  it('ends with code 1 when the clean-up fails', async () => {
    const { code, stderr } = await signalled(
      `await main(function* () { try { console.log('ready'); yield* sleep(Infinity); } finally { throw new Error('of the clean-up'); } });`,
      'SIGINT',
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('of the clean-up')]);
  });

  it.each([
    ['SIGINT', 'SIGTERM', ''],
    ['SIGTERM', 'SIGTERM', 'process.on("SIGTERM", () => {});'],
    ['SIGTERM', 'SIGINT', 'yield* signals("SIGINT").receive().withTimeout(20_000);'],
    ['SIGINT', 'SIGINT', 'for (const end = Date.now() + 20000; Date.now() < end; );'],
  ] as const)('ends at once by a second signal: %s, %s, whatever else goes on: %s', async (first, second, more) => {
    const { signal, stdout } = await signalled(
      `
        import { writeSync } from 'node:fs';
        ${more.startsWith('process') ? more : ''}
        await main(function* () {
          try { console.log('ready'); yield* sleep(Infinity); }
          finally {
            ${more.startsWith('yield') ? 'go(function* () { ' + more + ' });' : ''}
            writeSync(1, 'ready again');
            ${more.startsWith('for') ? more : ''}
            yield* sleep(20_000); console.log('too late');
          }
        });
      `,
      first,
      second,
    );
    expect([signal, stdout]).toEqual([second, 'ready\nready again']);
  });

  it('has its listeners before the body runs', async () => {
    const { code, stdout } = await program(`
      await main(function* () {
        console.log(process.listenerCount('SIGINT'), process.listenerCount('SIGTERM'));
        process.kill(process.pid, 'SIGTERM');
        try { yield* sleep(10_000); } finally { console.log('cleaned'); }
      });
    `);
    expect([code, stdout]).toEqual([143, '1 1\ncleaned\n']);
  });

  it("keeps the process alive while the body runs; then Node's own rules hold", async () => {
    const { code, stdout } = await program(`
      const never = channel();
      setTimeout(() => never.trySend('woken'), 200).unref();
      await main(function* () { console.log(yield* never.receive()); });
      setTimeout(() => console.log('later'), 10);
    `);
    expect([code, stdout]).toEqual([0, 'woken\nlater\n']);
    expect((await program(`main(function* () { try { yield* sleep(1); } finally {} });`)).code).toBe(0);
  });

  it('ends as it would have, where a signal comes too late to be noticed', async () => {
    const { code, stdout } = await signalled(
      `await main(function* () { console.log('ready'); const end = Date.now() + 300; while (Date.now() < end); console.log('done'); });`,
      'SIGINT',
    );
    expect([code, stdout]).toEqual([0, 'ready\ndone\n']);
  });

  it('sets the exit code, prints what failed, and leaves no listener: in this very process', async () => {
    const { exitCode } = process;
    const names = ['SIGINT', 'SIGTERM', 'newListener'];
    const listeners = () => names.map((name) => process.listenerCount(name));
    const before = listeners();
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const codeOf = async (body: () => Coroutine<unknown>): Promise<unknown> => {
      process.exitCode = undefined;
      await main(body);
      return process.exitCode;
    };
    try {
      expect(await codeOf(() => sleepy())).toBe(0);
      const oops = new Error('oops');
      expect(
        await codeOf(function* () {
          yield* sleep(1);
          throw oops;
        }),
      ).toBe(1);
      expect(printed.mock.calls).toEqual([[oops]]);
      const signalled = codeOf(function* () {
        yield* sleep(10_000);
      });
      process.emit('SIGTERM', 'SIGTERM');
      expect([await signalled, listeners()]).toEqual([143, before]);
    } finally {
      printed.mockRestore();
      process.exitCode = exitCode;
    }
  });

  it('rejects at the call what is no function', () => {
    for (const wrong of [null, undefined, 1, {}]) expect(() => main(wrong as never)).toThrow(TypeError);
  });
});

function* sleepy(): Coroutine<void> {
  yield* sleep(1);
}
