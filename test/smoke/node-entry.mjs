// What the entry `rxsluice/node` must be able to do under every Node: throws if it does not.

import { createServer } from 'node:http';
import { PassThrough, Readable } from 'node:stream';

export async function nodeEntry({ forEach, go, until }, node) {
  const { event, fromReadable, pump, run, serve, write } = node;
  const told = await go(function* () {
    const { stdout } = yield* run(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'], { input: 'a' });
    let text = String(stdout);
    yield* forEach(fromReadable(Readable.from(['b', 'c'])), (value) => void (text += value));
    const pipe = new PassThrough();
    yield* pump(fromReadable(Readable.from(['d'])), pipe);
    text += String(pipe.read());
    const server = createServer().listen(0);
    yield* event(server, 'listening');
    const service = serve(server, function* (_request, response) {
      yield* write(response, 'e');
    });
    text += yield* until(fetch(`http://localhost:${server.address().port}/`).then((response) => response.text()));
    return text + (yield* service.shutdown());
  }).promise();
  if (told !== 'abcdedrained') throw new Error(`rxsluice/node: ${told}`);
}
