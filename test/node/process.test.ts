// 11.6: programs, from their start to their exit and the end of their pipes.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  channel,
  forEach,
  go,
  type Operation,
  OverflowError,
  poll,
  type ReceiveChannel,
  select,
  sleep,
} from '../../src/index.ts';
import { ProcessError, type ProcessOptions, run, type RunOptions, start } from '../../src/node/index.ts';
import { pause, program, until } from './real.ts';

async function bytes(channel: ReceiveChannel<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  await forEach(channel, (chunk) => void chunks.push(chunk)).promise();
  return Buffer.concat(chunks).toString();
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('run', () => {
  it('brings code, signal, and all that came from both pipes', async () => {
    const result = await run('sh', ['-c', 'echo out; echo err >&2']).promise();
    expect(result).toEqual({ code: 0, signal: null, stdout: Buffer.from('out\n'), stderr: Buffer.from('err\n') });
  });

  it('gives every byte of 200 kB on both pipes, in order, twenty times', async () => {
    const expected = Array.from({ length: 40_000 }, (_, i) => String(i % 10_000).padStart(5, '0')).join('');
    const folder = mkdtempSync(join(tmpdir(), 'pipes-'));
    const file = join(folder, 'text');
    try {
      writeFileSync(file, expected);
      for (let i = 0; i < 20; i++) {
        // The shell is gone while there is more to come.
        const { stdout, stderr } = await run('sh', ['-c', 'cat "$1" & cat "$1" >&2 &', 'sh', file]).promise();
        expect([stdout.toString() === expected, stderr.toString() === expected]).toEqual([true, true]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('writes its input, whatever that is, and ends stdin', async () => {
    const source = channel<string | Uint8Array>();
    go(function* () {
      for (const part of ['he', Buffer.from('ll'), 'o']) yield* source.send(part);
      source.close();
    });
    for (const input of ['hello', Buffer.from('hello'), source]) {
      expect((await run('cat', [], { input }).promise()).stdout.toString()).toBe('hello');
    }
    expect((await run('cat').promise()).stdout.toString()).toBe('');
  });

  it('passes on where it runs, its environment and its arguments as they are', async () => {
    const { stdout } = await run('sh', ['-c', 'pwd; echo "$FLAVOUR $1"', 'sh', '$(echo no) * "quoted"'], {
      cwd: '/',
      env: { ...process.env, FLAVOUR: 'sour' },
    }).promise();
    expect(stdout.toString()).toBe('/\nsour $(echo no) * "quoted"\n');
  });

  it('fails with ProcessError, which carries all of it', async () => {
    const error: unknown = await run('sh', ['-c', 'echo out; echo first >&2; echo why >&2; exit 3'])
      .promise()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProcessError);
    expect(error).toMatchObject({
      name: 'ProcessError',
      message: 'sh exited with code 3: why',
      command: 'sh',
      code: 3,
      signal: null,
      stdout: Buffer.from('out\n'),
      stderr: Buffer.from('first\nwhy\n'),
    });
    await expect(run('sh', ['-c', 'kill -9 $$']).promise()).rejects.toMatchObject({
      message: 'sh was ended by SIGKILL',
      code: null,
      signal: 'SIGKILL',
    });
  });

  it('with check: false gives a failing exit as a result', async () => {
    const result = await run('sh', ['-c', 'exit 3'], { check: false }).promise();
    expect(result).toMatchObject({ code: 3, signal: null });
  });

  it("fails with Node's error where the program cannot be started, and cancels its input", async () => {
    const input = channel<string>();
    await expect(run('no-such-program', [], { input }).promise()).rejects.toMatchObject({ code: 'ENOENT' });
    await until(() => input.isClosed);
    await expect(run('ls', [], { cwd: '/no/such/place' }).promise()).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(run('/').promise()).rejects.toMatchObject({ code: 'EACCES' });
  });

  it('does not fail because the program stops reading: the input is cancelled', async () => {
    const input = channel<string>(1);
    const producer = go(function* () {
      for (;;) yield* input.send('x'.repeat(65_536));
    });
    producer.subscribe({ error: () => undefined });
    const { stdout, code } = await run('head', ['-c', '5'], { input }).promise();
    expect([stdout.toString(), code]).toEqual(['xxxxx', 0]);
    await until(() => input.isClosed && producer.status !== 'pending');
    expect((await run('head', ['-c', '5'], { input: 'y'.repeat(5_000_000) }).promise()).stdout.toString()).toBe(
      'yyyyy',
    );
    expect((await run('true', [], { input: 'z'.repeat(5_000_000) }).promise()).code).toBe(0);
  });

  it('cancels an input that is idle when the program ends', async () => {
    const input = channel<string>();
    await run('true', [], { input }).promise();
    await until(() => input.isClosed);
  });

  it('fails with the cause of its input, and kills the program', async () => {
    const input = channel<string>();
    const cause = new Error('no more');
    const running = run('sh', ['-c', 'echo $$ >&2; cat; sleep 60'], { input }).promise();
    input.close(cause);
    await expect(running).rejects.toBe(cause);
    const broken = Object.assign(new Error('of another stream'), { code: 'EPIPE' });
    const other = channel<string>();
    other.close(broken);
    await expect(run('sleep', ['60'], { input: other }).promise()).rejects.toBe(broken);
  });

  it('kills what says more than maxBuffer on one pipe', async () => {
    for (const pipe of ['', '>&2']) {
      const error: unknown = await run('sh', ['-c', `yes ${pipe}`], { maxBuffer: 100_000 })
        .promise()
        .catch((e: unknown) => e);
      expect(error).toBeInstanceOf(OverflowError);
      expect((error as OverflowError).source).toBe(pipe === '' ? 'stdout of sh' : 'stderr of sh');
    }
    expect((await run('printf', ['12345'], { maxBuffer: 5 }).promise()).stdout.length).toBe(5);
    await expect(run('printf', ['123456'], { maxBuffer: 5 }).promise()).rejects.toThrow(OverflowError);
  });

  it('cancelled, ends the program by SIGTERM and waits for its exit', async () => {
    let pid = 0;
    const script = `trap 'sleep 0.1; exit 0' TERM; echo $$ > /dev/null; while true; do sleep 0.01; done`;
    const task = go(function* () {
      const running = start('sh', ['-c', `echo $$; ${script}`]);
      pid = Number((yield* running.stdout.receive()).toString());
      yield* running.stop();
    });
    await task.promise();
    expect(isAlive(pid)).toBe(false);
    const order: string[] = [];
    const cancelled = go(function* () {
      try {
        yield* run('sh', ['-c', script]);
      } finally {
        order.push('ended');
      }
    });
    await pause(100);
    const from = performance.now();
    await cancelled.cancel().promise();
    expect(order).toEqual(['ended']);
    expect(performance.now() - from).toBeGreaterThan(90);
  });

  it('cancelled, kills what does not mind SIGTERM, after killAfter', async () => {
    const stubborn = `trap '' TERM; while true; do sleep 0.01; done`;
    const task = go(() => performing(run('sh', ['-c', stubborn], { killAfter: 100 })));
    await pause(100);
    const from = performance.now();
    await task.cancel().promise();
    expect(performance.now() - from).toBeGreaterThan(90);
  });

  it('has a coroutine hear of a deadline when the program has gone', async () => {
    const stubborn = `trap '' TERM; while true; do sleep 0.01; done`;
    const from = performance.now();
    const task = go(() => performing(run('sh', ['-c', stubborn], { killAfter: 50 }).withTimeout(50)));
    await expect(task.promise()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - from).toBeGreaterThan(95);
  });

  it('cancelled, does not wait for what the program has left behind', async () => {
    const task = go(() => performing(run('sh', ['-c', 'sleep 30 & exec sleep 30'])));
    await pause(100);
    const from = performance.now();
    await task.cancel().promise();
    expect(performance.now() - from).toBeLessThan(10_000);
  });

  it('is performed anew each time, and not at all when it is only polled', async () => {
    const echo = run('echo', ['hi']);
    expect(poll(echo)).toEqual({ ok: false, closed: false });
    expect(await Promise.all([echo.promise(), echo.promise()])).toHaveLength(2);
    const { key } = await select({ slow: run('sleep', ['60']), late: sleep(20) }).promise();
    expect(key).toBe('late');
  });

  it('fails at the call for what the system does not take', () => {
    for (const text of ['a\0b', 'a\0']) {
      expect(() => run(text)).toThrow(TypeError);
      expect(() => start('ls', [text])).toThrow('start: an argument must be a string without NUL');
      expect(() => run('ls', [], { cwd: text })).toThrow(TypeError);
    }
    expect(() => run('ls', [], { cwd: 5 as never })).toThrow('run: cwd must be a string');
    expect(() => run('ls', [], { env: 5 as never })).toThrow('run: env must be an object; got 5');
    expect(() => run('ls', [], { check: 'yes' as never })).toThrow('run: check must be true or false');
    expect(() => start('ls', [], [] as never)).toThrow(TypeError);
  });

  it('counts only own keys of its options', async () => {
    const inherited = Object.create({ check: false, cwd: 5 }) as RunOptions;
    await expect(run('false', [], inherited).promise()).rejects.toBeInstanceOf(ProcessError);
  });

  it('fails at the call for what is no command, or no option', () => {
    for (const wrong of [null, undefined, '', 1, ['ls']]) expect(() => run(wrong as never)).toThrow(TypeError);
    for (const wrong of [null, 'a', [1]]) expect(() => run('ls', wrong as never)).toThrow(TypeError);
    expect(() => run('ls', [], null as never)).toThrow(TypeError);
    expect(() => run('ls', [], { input: 1 as never })).toThrow(TypeError);
    for (const maxBuffer of [-1, 1.5, NaN]) expect(() => run('ls', [], { maxBuffer })).toThrow(RangeError);
    for (const killAfter of [-1, NaN]) expect(() => run('ls', [], { killAfter })).toThrow(RangeError);
    expect(() => start('ls', [], { killAfter: '1' as never } satisfies ProcessOptions)).toThrow(TypeError);
  });
});

function* performing<T>(operation: Operation<T>): Generator<never, T, unknown> {
  return yield* operation;
}

describe('start', () => {
  it('leaves the pipes to you, as channels; closing stdin ends it', async () => {
    const sort = start('sort');
    expect(sort.pid).toBeGreaterThan(0);
    await sort.stdin.send('b\n').promise();
    await sort.stdin.send(Buffer.from('a\n')).promise();
    sort.stdin.close();
    expect([await bytes(sort.stdout), await bytes(sort.stderr), await sort.exit.promise()]).toEqual([
      'a\nb\n',
      '',
      { code: 0, signal: null },
    ]);
    await expect(sort.stdin.send('late').promise()).rejects.toMatchObject({ name: 'ClosedError' });
  });

  it('paces the program by who receives', async () => {
    const yes = start('yes');
    await yes.stdout.receive().promise();
    const first = Number(execFileSync('sh', ['-c', `grep -c . /proc/${yes.pid}/stat`]).toString());
    expect(first).toBe(1);
    await pause(50);
    const before = Number(execFileSync('sh', ['-c', `grep wchar /proc/${yes.pid}/io | cut -d' ' -f2`]).toString());
    await pause(100);
    const after = Number(execFileSync('sh', ['-c', `grep wchar /proc/${yes.pid}/io | cut -d' ' -f2`]).toString());
    expect(after).toBe(before);
    await yes.stop().promise();
  });

  it('has its exit come after the end of both pipes, whether somebody receives or not', async () => {
    const idle = start('sh', ['-c', 'head -c 150000 /dev/zero & wait; head -c 50000 /dev/zero >&2']);
    const out = bytes(idle.stdout);
    expect(await idle.exit.promise()).toEqual({ code: 0, signal: null });
    expect([(await out).length, (await bytes(idle.stderr)).length]).toEqual([150_000, 50_000]);
  });

  it('stops at once, then for certain; what was written before can still be received', async () => {
    const polite = start('sh', ['-c', `trap 'echo bye; exit 7' TERM; echo ready; while true; do sleep 0.01; done`]);
    expect((await polite.stdout.receive().promise()).toString()).toBe('ready\n');
    await Promise.all([polite.stop().promise(), polite.stop().promise()]);
    expect([polite.exit.result(), await bytes(polite.stdout)]).toEqual([{ code: 7, signal: null }, 'bye\n']);
    await polite.stop().promise();
    const stubborn = start('sh', ['-c', `trap '' TERM; echo ready; while true; do sleep 0.01; done`], {
      killAfter: 50,
    });
    await stubborn.stdout.receive().promise();
    await stubborn.stop().promise();
    expect(stubborn.exit.result()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('stops also where others hold its pipes', async () => {
    const parent = start('sh', ['-c', 'sleep 5 & echo ready; wait'], { killAfter: 100 });
    await parent.stdout.receive().promise();
    const from = performance.now();
    await parent.stop().promise();
    expect(performance.now() - from).toBeLessThan(4500);
  });

  it('was not started: exit is rejected, and the channels have that cause', async () => {
    const none = start('no-such-program');
    expect(none.pid).toBe(-1);
    const sent = none.stdin
      .send('x')
      .promise()
      .catch((error: unknown) => error);
    await expect(none.exit.promise()).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(none.stdout.receive().promise()).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(none.stderr.receive().promise()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await sent).toMatchObject({ reason: { code: 'ENOENT' } });
    expect(none.kill()).toBe(false);
    await none.stop().promise();
  });

  it('fails as any other that is not started, where Node throws: too long arguments, a file for a folder', async () => {
    const long = 'x'.repeat(3_000_000);
    for (const [command, args, code] of [
      ['echo', [long], 'E2BIG'],
      ['/dev/null/program', [], 'ENOTDIR'],
    ] as const) {
      const none = start(command, args);
      expect([none.pid, none.kill()]).toEqual([-1, false]);
      await expect(none.exit.promise()).rejects.toMatchObject({ code });
      await expect(none.stdout.receive().promise()).rejects.toMatchObject({ code });
      await none.stop().promise();
      const input = channel<string>();
      await expect(run(command, args, { input }).promise()).rejects.toMatchObject({ code });
      expect(input.isClosed).toBe(true);
    }
  });

  it('fails with EMFILE where files have run out', async () => {
    const { stdout, stderr } = await program(`
      import { openSync, closeSync } from 'node:fs';
      const files = [];
      try { for (;;) files.push(openSync('/dev/null')); } catch {}
      const codes = [];
      const note = (error) => void codes.push(error.code);
      const none = start('echo', ['a']);
      none.exit.subscribe({ error: note });
      none.stdout.receive().subscribe({ error: note });
      run('echo', ['a']).subscribe({ error: note });
      await new Promise((resolve) => setTimeout(resolve, 20));
      for (const file of files) closeSync(file);
      console.log(codes.join());
    `);
    expect({ stdout, stderr }).toEqual({ stdout: 'EMFILE,EMFILE,EMFILE\n', stderr: '' });
  });

  it('takes text and bytes for stdin, and nothing else', async () => {
    const cat = start('cat');
    expect(() => cat.stdin.send(5 as never)).toThrow('stdin of cat: what is sent must be a string or bytes; got 5');
    expect(cat.stdin.trySend(null as never)).toBe(false);
    await cat.stdin.send('fine').promise();
    cat.stdin.close();
    expect(await bytes(cat.stdout)).toBe('fine');
    await cat.exit.promise();
  });

  it('fails sends once the program is gone, or reads no more', async () => {
    const gone = start('true');
    await gone.exit.promise();
    await until(() => gone.stdin.isClosed);
    await expect(gone.stdin.send('x').promise()).rejects.toThrow();
    const deaf = start('sh', ['-c', 'exec 0<&-; echo ready; exec sleep 60']);
    await deaf.stdout.receive().promise();
    const failed = go(function* () {
      for (;;) yield* deaf.stdin.send('x'.repeat(1000));
    });
    await expect(failed.promise()).rejects.toThrow();
    await deaf.stop().promise();
  });

  it('kills with the signal that is asked for, and says whether there was somebody', async () => {
    const sleeper = start('sleep', ['60']);
    expect(sleeper.kill('SIGKILL')).toBe(true);
    expect(await sleeper.exit.promise()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(sleeper.kill()).toBe(false);
  });

  it('leaves no handle, no zombie, no warning', async () => {
    const { code, stdout, stderr } = await program(`
      import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
      await main(function* () {
        for (let i = 0; i < 15; i++) yield* run('echo', ['x'.repeat(1000)]);
        const running = Array.from({ length: 5 }, () => start('cat'));
        for (const one of running) yield* one.stop();
        try { yield* run('sleep', ['60']).withTimeout(20); } catch {}
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      const children = execFileSync('sh', ['-c', 'ps --ppid ' + process.pid + ' -o stat= | grep -c Z || true']).toString().trim();
      setTimeout(() => console.log(children, process.getActiveResourcesInfo().filter((r) => !r.startsWith('TTY') && r !== 'PipeWrap' && r !== 'Timeout').join()), 50);
    `);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '0 \n', stderr: '' });
  });
});
