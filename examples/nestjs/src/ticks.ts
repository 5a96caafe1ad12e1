// Server-sent events, paced by their client: who reads slowly gets all of them, later, and nothing piles up here.

import type { ServerResponse } from 'node:http';
import { Controller, Inject, Injectable, Res, Sse } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { type Coroutine, flow, type SendChannel, sleep } from 'rxsluice';
import { event } from 'rxsluice/node';

@Injectable()
export class Ticks {
  made = 0;
  running = 0;
}

interface Tick {
  readonly data: { readonly number: number; readonly text: string };
}

@Controller('ticks')
export class TickController {
  constructor(@Inject(Ticks) private readonly ticks: Ticks) {}

  @Sse()
  stream(@Res({ passthrough: true }) response: ServerResponse): Observable<Tick> {
    const { ticks } = this;
    // Each client runs a body of its own, which is cancelled when that client has gone and Nest unsubscribes.
    return flow<Tick>((out) => ticking(ticks, response, out));
  }
}

function* ticking(ticks: Ticks, response: ServerResponse, out: SendChannel<Tick>): Coroutine<void> {
  ticks.running++;
  try {
    for (let number = 0; ; number++) {
      // Nest takes every event at once, keeps it, and writes it in a tick of its own: so it is the response that says when there
      // is room.
      yield* sleep(0);
      while (response.writableNeedDrain) yield* event(response, 'drain', { close: 'close' });
      yield* out.send({ data: { number, text: 'x'.repeat(1000) } });
      ticks.made++;
    }
  } finally {
    ticks.running--;
  }
}
