// The small server of the application: its pages as they were built, and the API below /api. It can be told to be slow or to fail:
//
//   curl -d '{ "area": "docs", "delay": 2000 }' localhost:4300/api/control
//
//   node server/main.ts [--port 4300]

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NEVER } from 'rxjs';
import { until } from 'rxsluice';
import { event, main, serve } from 'rxsluice/node';
import { booking } from './booking.ts';
import { Control } from './control.ts';
import { docs } from './docs.ts';
import { pages } from './pages.ts';
import { router } from './router.ts';
import { search } from './search.ts';
import { ticks } from './ticks.ts';
import { todos } from './todos.ts';
import { uploads } from './uploads.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '4300' } } });

await main(function* () {
  const control = new Control([docs, uploads, ticks, todos, booking, search]);
  const server = createServer();
  const service = serve(server, router(control, pages(join(import.meta.dirname, '../dist/browser'))));
  server.listen(Number(values.port), '127.0.0.1');
  yield* event(server, 'listening');
  console.log(`http://localhost:${(server.address() as AddressInfo).port}/`);
  try {
    yield* until(NEVER);
  } finally {
    yield* service.shutdown({ grace: 500 });
  }
});
