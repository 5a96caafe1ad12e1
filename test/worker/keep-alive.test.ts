// A port keeps a Node process alive while somebody waits on it, and not otherwise: real processes, on what was built.

import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { packageFor } from '../house/programs.ts';

const cwd = packageFor('keep-alive');

/** What `program` prints, and how it ends: 'alive' if it has to be killed. */
function run(program: string): Promise<[string, number | 'alive' | null]> {
  const prelude = `
    import { go, sleep } from 'rxsluice';
    import { inThread, portReceiver, portSender, thread, threadPool } from 'rxsluice/worker';
    const crunch = new URL('${new URL('./threads/crunch.mjs', import.meta.url).href}');
    const { port1, port2 } = new MessageChannel();
    const out = portSender(port1, { heartbeat: 1000 });
    const into = portReceiver(port2, { window: 1, heartbeat: 1000 });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', prelude + program], { cwd });
  return new Promise((resolve) => {
    let printed = '';
    let isKilled = false;
    child.stdout.on('data', (data) => {
      printed += String(data);
      if (!printed.includes('waiting')) return;
      // It has said that it waits: give it the chance to end all the same.
      setTimeout(() => {
        isKilled = child.exitCode === null;
        child.kill('SIGKILL');
      }, 500);
    });
    child.stderr.on('data', (data) => (printed += String(data)));
    child.on('close', (code) => resolve([printed, isKilled ? 'alive' : code]));
  });
}

// Each waits for a process that waits: several at a time.
describe.concurrent('a process with ports', () => {
  it.each([
    ['nobody waits', '', '', 0],
    ['values have come that nobody asks for', `await out.send(1).promise();`, '', 0],
    [
      'all who waited have been served',
      `into.subscribe(console.log); await out.send(1).promise(); out.close();`,
      '1\n',
      0,
    ],
    ['who waited has left', `const s = into.receive().subscribe(); await sleep(5).promise(); s.unsubscribe();`, '', 0],
    ['the last who wants the end has left', `out.whenClosed().subscribe().unsubscribe();`, '', 0],
    ['it was cancelled', `into.receive().subscribe({ error() {} }); into.cancel();`, '', 0],
  ])('ends if %s', async (_, program, printed, code) => {
    expect(await run(program)).toEqual([printed, code]);
  });

  it.each([
    ['a value', `into.receive().subscribe();`],
    ['values', `into.subscribe();`],
    ['room', `await out.send(1).promise(); out.send(2).subscribe();`],
    ['the end, at the sender', `out.whenClosed().subscribe();`],
    ['the end, at the receiver', `into.whenEnded().subscribe();`],
    ['a value, in a coroutine', `go(function* () { yield* into.receive(); });`],
  ])('lives on if somebody waits for %s', async (_, program) => {
    expect(await run(`${program} console.log('waiting');`)).toEqual(['waiting\n', 'alive']);
  });
});

describe.concurrent('a process with threads', () => {
  it.each([
    ['nobody calls', `thread(crunch); threadPool(crunch);`, '', 0],
    ['all calls were answered', `console.log(await threadPool(crunch).call('add', [1, 2]).promise());`, '3\n', 0],
    ['who called has left', `thread(crunch).call('nap', [1e6]).subscribe().unsubscribe();`, '', 0],
    [
      'who waited for a thread has left',
      `const p = threadPool(crunch, { size: 1 });
      const s = [1, 2].map(() => p.call('nap', [1e6]).subscribe()); await sleep(100).promise(); s.forEach((s) => s.unsubscribe());`,
      '',
      0,
    ],
    ['nobody asks a stream', `thread(crunch).stream('count', [1e9]).receive().subscribe(console.log);`, '0\n', 0],
    [
      'its threads were closed',
      `const t = thread(crunch); await t.close().promise(); console.log('closed');`,
      'closed\n',
      0,
    ],
    [
      'its pool was terminated',
      `const t = threadPool(crunch); const c = t.call('nap', [1e6]).promise().catch((e) => console.log(e.name));
      await t.terminate().promise(); await c; console.log('ended');`,
      'PeerGoneError\nended\n',
      0,
    ],
    ['its function has run', `console.log(await inThread((a) => a + 1, [1]).promise());`, '2\n', 0],
  ])('ends if %s', async (_, program, printed, code) => {
    expect(await run(program)).toEqual([printed, code]);
  });

  it.each([
    ['a call', `thread(crunch).call('nap', [1e6]).subscribe();`],
    [
      'a thread',
      `const p = threadPool(crunch, { size: 1 }); const s = p.call('nap', [1e6]).subscribe(); p.call('nap', [1e6]).subscribe(); s.unsubscribe();`,
    ],
    ['a function', `inThread(() => new Promise((r) => setTimeout(r, 1e6)), []).subscribe();`],
  ])('lives on if somebody waits for %s', async (_, program) => {
    expect(await run(`${program} console.log('waiting');`)).toEqual(['waiting\n', 'alive']);
  });

  it('ends though a thread is cleaning up, if nobody waits for that; a coroutine does', async () => {
    const program = `
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const t = thread(crunch);
      const task = go(function* () { yield* t.call('forever', [flag]); });
      await t.call('add', [1, 1]).promise();
      await task.cancel().promise();
      console.log(flag[0]);
    `;
    expect(await run(program)).toEqual(['1\n', 0]);
  });
});
