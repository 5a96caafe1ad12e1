// A port keeps a Node process alive while somebody waits on it, and not otherwise: real processes, on what was built.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** What `program` prints, and how it ends: 'alive' if it has to be killed. */
function run(program: string): Promise<[string, number | 'alive' | null]> {
  const prelude = `
    import { go, sleep } from 'rxsluice';
    import { portReceiver, portSender } from 'rxsluice/worker';
    const { port1, port2 } = new MessageChannel();
    const out = portSender(port1, { heartbeat: 1000 });
    const into = portReceiver(port2, { window: 1, heartbeat: 1000 });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', prelude + program], { cwd: root });
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

describe('a process with ports', () => {
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
